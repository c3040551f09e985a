"""« Envoyer à l'office »: from here on the office holds the key and the expert's access has ended (REC-04, REC-05)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guichet import notify, storage
from guichet.recordings.actions.common import note
from guichet.recordings.actions.deposits import lock, move_of, refuse_waived
from guichet.recordings.errors import Incomplete, NotPossible
from guichet.recordings.holding import holder_of
from guichet.recordings.models import Ingest, Mandate, Recording, RedepositRequest
from guichet.recordings.states import WORKFLOW, Status

if TYPE_CHECKING:
    from datetime import date

    from guichet.accounts.access import Actor

CONFIRMATIONS: Final = {
    "person": _("C'est l'entretien de la personne nommée dans ce mandat."),
    "spoken": _(
        "Le début et la fin ont été confirmés oralement, avec l'heure, par la personne assurée et par l'expert·e "
        "(art. 7k al. 6 OPGA)."
    ),
    "interruptions": _("Chaque interruption a été confirmée de la même manière, ou il n'y en a eu aucune."),
    "tests": _("Aucun test psychologique ou neuropsychologique n'a été enregistré."),
}
"""What the expert confirms before the sending, by the code that is kept."""
AUDIBLE: Final = "audible"
"""Confirmed too where the control found something to hear for oneself."""


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What the expert says about the recording when sending it."""

    spoken_start_ms: int | None
    spoken_end_ms: int | None
    report_reference: str
    report_date: date | None
    confirmed: frozenset[str]


@transaction.atomic
def send(recording: Recording, *, declared: Declared, by: Actor) -> Recording:
    """Send it to the office. Sent again by mistake, nothing more happens.

    Raises `NotPossible` unless it is deposited and was controlled, `WaiverInForce`, and `Incomplete` with the names of
    what is missing.
    """
    mandate = Mandate.objects.select_for_update(of=("self",)).get(pk=recording.mandate_id)
    locked = lock(recording, by=by)
    if locked.status == Status.SENT and locked.sent_by_id == by.person.pk:
        return locked
    move_of("send", locked, side="partner")
    if locked.ingest != Ingest.READY or locked.original is None:
        raise NotPossible
    refuse_waived(mandate)
    if missing := _missing(locked, declared):
        raise Incomplete(missing)
    _keep(locked, declared, by=by)
    for obj in (locked.original, locked.copy, locked.peaks):
        if obj is not None:
            storage.hand_over(obj, holder=holder_of(locked.affiliation_id))
    note(locked, "sent", by=by, legal_basis="OPGA 7k al. 7", recipient=str(by.insurer.pk))
    _replace(locked, by=by)
    _confirm(locked, by=by)
    return locked


def _missing(recording: Recording, declared: Declared) -> list[str]:
    missing = [code for code in CONFIRMATIONS if code not in declared.confirmed]
    if recording.quality.get("verdict", "ok") != "ok" and AUDIBLE not in declared.confirmed:
        missing.append(AUDIBLE)
    if not declared.report_reference:
        missing.append("report_reference")
    if declared.report_date is None or declared.report_date > timezone.localdate():
        missing.append("report_date")
    start, end, length = declared.spoken_start_ms, declared.spoken_end_ms, recording.duration_ms or 0
    if start is None or start > length:
        missing.append("spoken_start")
    if end is None or end > length or (start is not None and end <= start):
        missing.append("spoken_end")
    return missing


def _keep(recording: Recording, declared: Declared, *, by: Actor) -> None:
    now = timezone.now()
    recording.status = Status.SENT
    recording.sent_at, recording.sent_by, recording.changed_at = now, by.person, now
    recording.spoken_start_ms, recording.spoken_end_ms = declared.spoken_start_ms, declared.spoken_end_ms
    recording.report_reference, recording.report_date = declared.report_reference, declared.report_date
    recording.confirmed = sorted(declared.confirmed & {*CONFIRMATIONS, AUDIBLE})
    recording.save(
        update_fields=[
            "status",
            "sent_at",
            "sent_by",
            "changed_at",
            "spoken_start_ms",
            "spoken_end_ms",
            "report_reference",
            "report_date",
            "confirmed",
        ]
    )


def _replace(recording: Recording, *, by: Actor) -> None:
    """It answers a request of the office: the first one stays archived, marked as replaced (REC-08)."""
    if recording.replaces_id is None:
        return
    now = timezone.now()
    first = Recording.objects.select_for_update(of=("self",)).select_related("mandate").get(pk=recording.replaces_id)
    asked = RedepositRequest.objects.filter(recording=first, answered_at=None)
    asked.update(answer=recording, answered_at=now)
    if first.status in WORKFLOW["replace"].sources:
        Recording.objects.filter(pk=first.pk).update(status=Status.REPLACED, changed_at=now)
        note(first, "replaced", by=by, detail={"by": str(recording.pk)})


def _confirm(recording: Recording, *, by: Actor) -> None:
    notify.mail(
        "recordings/sent",
        insurer=by.insurer,
        to=by.person.email,
        language=by.person.language,
        context={
            "reference": recording.mandate.number,
            "path": f"/{by.insurer.slug}/depots/{recording.pk}/envoye/",
        },
        key=f"recording-sent-{recording.pk}",
    )
