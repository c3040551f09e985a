"""Deposits that were never sent: their expert is warned at 30 days, the office told at 100 (states of REC)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone

from guichet import notify
from guichet.recordings.actions.common import note
from guichet.recordings.actions.mandates import people_of
from guichet.recordings.models import Recording
from guichet.recordings.states import Status

if TYPE_CHECKING:
    from datetime import datetime

    from guichet.tenancy.models import Insurer

WARNED_AFTER: Final = timedelta(days=30)
TOLD_AFTER: Final = timedelta(days=100)
_MOST: Final = 200  # of one insurer in one round; the others come tomorrow


def remind(insurer: Insurer, *, now: datetime | None = None) -> int:
    """Warn whom it concerns, each time once; says how many mails were written."""
    now = now or timezone.now()
    waiting = Recording.objects.filter(insurer=insurer, status=Status.DEPOSITED)
    related = waiting.select_related("mandate", "affiliation")
    late = related.filter(deposited_at__lte=now - WARNED_AFTER, warned_at=None)
    very_late = related.filter(deposited_at__lte=now - TOLD_AFTER, office_told_at=None)
    written = 0
    for recording in late.order_by("deposited_at", "id")[:_MOST]:
        written += _warn(insurer, recording, now)
    for recording in very_late.order_by("deposited_at", "id")[:_MOST]:
        written += _tell_office(insurer, recording, now)
    return written


@transaction.atomic
def _warn(insurer: Insurer, recording: Recording, now: datetime) -> int:
    mine = Recording.objects.filter(pk=recording.pk, status=Status.DEPOSITED, warned_at=None)
    if not mine.update(warned_at=now):
        return 0
    people = people_of(recording.affiliation)
    for person in people:
        notify.mail(
            "recordings/not_sent",
            insurer=insurer,
            to=person.email,
            language=person.language,
            context={"reference": recording.mandate.number, "path": f"/{insurer.slug}/depots/{recording.pk}/"},
            key=f"recording-not-sent-{recording.pk}-{recording.deposited_at}-{person.pk}"[:190],
        )
    note(recording, "not_sent_warned", by=None)
    return len(people)


@transaction.atomic
def _tell_office(insurer: Insurer, recording: Recording, now: datetime) -> int:
    mine = Recording.objects.filter(pk=recording.pk, status=Status.DEPOSITED, office_told_at=None)
    if not mine.update(office_told_at=now):
        return 0
    notify.mail(
        "recordings/office_not_sent",
        insurer=insurer,
        to=insurer.email,
        language=insurer.languages[0],
        context={
            "reference": recording.mandate.number,
            "path": f"/{insurer.slug}/bureau/mandats/{recording.mandate_id}/",
        },
        key=f"recording-office-not-sent-{recording.pk}-{recording.deposited_at}"[:190],
    )
    note(recording, "not_sent_office_told", by=None)
    return 1
