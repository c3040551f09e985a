"""The office's side of a sending: taken into the archive, or another file asked for (REC-08)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from guichet import notify
from guichet.accounts.models import AffiliationStatus
from guichet.kernel.text import clean_line
from guichet.recordings.actions.common import note
from guichet.recordings.actions.mandates import people_of
from guichet.recordings.errors import Incomplete, NotPossible
from guichet.recordings.models import Recording, RedepositRequest
from guichet.recordings.states import WORKFLOW, Status

if TYPE_CHECKING:
    from guichet.accounts.access import Actor

_LONGEST = 500  # characters of the reason


@transaction.atomic
def archive(recording: Recording, *, by: Actor) -> None:
    """Confirm the receipt. A mandate the expert opened must be confirmed first. Raises `NotPossible`."""
    if recording.mandate.confirmed_at is None:
        raise NotPossible
    move = WORKFLOW["archive"]
    waiting = Recording.objects.filter(pk=recording.pk, insurer=by.insurer, status__in=move.sources)
    if not waiting.update(status=move.target, changed_at=timezone.now()):
        raise NotPossible
    note(recording, "archived", by=by)
    recording.refresh_from_db()


@transaction.atomic
def ask_redeposit(recording: Recording, *, reason: str, by: Actor) -> RedepositRequest:
    """« Demander un nouveau dépôt », with the reason the expert reads.

    Raises `Incomplete`, and `NotPossible`, also for an expert whom the office has not admitted: nobody could answer.
    """
    said = clean_line(reason[:_LONGEST], _LONGEST)
    if not said:
        raise Incomplete(["reason"])
    held = Recording.objects.filter(pk=recording.pk, insurer=by.insurer, status__in=(Status.SENT, Status.ARCHIVED))
    admitted = recording.affiliation.status == AffiliationStatus.ACCEPTED
    if not admitted or not held.select_for_update(of=("self",)).exists():
        raise NotPossible
    try:
        with transaction.atomic():
            asked = RedepositRequest.objects.create(
                insurer=by.insurer, recording=recording, reason=said, asked_at=timezone.now(), asked_by=by.person
            )
    except IntegrityError:  # asked already, and not answered yet
        raise NotPossible from None
    note(recording, "redeposit_asked", by=by, text=said)
    for person in people_of(recording.affiliation):
        notify.mail(
            "recordings/redeposit",
            insurer=by.insurer,
            to=person.email,
            language=person.language,
            context={
                "reference": recording.mandate.number,
                "path": f"/{by.insurer.slug}/mandats/{recording.mandate_id}/",
            },
            key=f"recording-redeposit-{asked.pk}-{person.pk}",
        )
    return asked
