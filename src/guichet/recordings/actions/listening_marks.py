"""Markers and notes of staff, reports of listeners that a place cannot be followed. None touches the sound.

Their words are sealed with its key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone

from guichet import audit
from guichet.casework.errors import Overtaken
from guichet.kernel.text import clean_line, clean_text
from guichet.recordings import rules
from guichet.recordings.actions.listening import listener
from guichet.recordings.actions.listening_errors import NotYours
from guichet.recordings.models import DefectReport, Listening, Marker, Recording, sealed
from guichet.recordings.queries.insured import is_insured

if TYPE_CHECKING:
    from guichet.accounts.access import Actor
    from guichet.audit import Who

_LONGEST_NOTE: Final = 500
_LONGEST_REPORT: Final = 1000
_MOST_MARKERS: Final = 500  # of one person in one recording
_MOST_REPORTS: Final = 50  # on one access


class NothingSaid(Exception):
    """A note or report without a word (422)."""


class TooMany(Exception):
    """No more of them here (409)."""


def set_marker(listening: Listening, *, at_ms: int, text: str, shared: bool, by: Actor) -> Marker:
    """Put a marker at a place of the recording being listened to. Raises `NotYours`, `NothingSaid`, `TooMany`."""
    if listening.person_id != by.person.pk or not by.has("listen"):
        raise NotYours
    said = clean_line(text[: 2 * _LONGEST_NOTE], _LONGEST_NOTE) if len(text) <= _LONGEST_NOTE else ""
    if not said:
        raise NothingSaid
    recording = listening.recording
    mine = Marker.objects.filter(recording=recording, author=by.person, removed_at=None)
    if len(mine.order_by("pk").values("pk")[:_MOST_MARKERS]) == _MOST_MARKERS:
        raise TooMany
    with transaction.atomic():
        marker = Marker.objects.create(
            insurer=by.insurer,
            recording=recording,
            at_ms=_inside(recording, at_ms),
            text=sealed(recording, said),
            shared=shared,
            author=by.person,
            created_at=timezone.now(),
        )
        _note(recording, "marker.set", by=by.who, detail={"at_ms": marker.at_ms, "shared": shared})
    return marker


def remove_marker(marker: Marker, *, by: Actor) -> None:
    """Take one's own marker away; the row stays. Raises `NotYours`, `Overtaken`."""
    if marker.author_id != by.person.pk:
        raise NotYours
    with transaction.atomic():
        if not Marker.objects.filter(pk=marker.pk, removed_at=None).update(removed_at=timezone.now()):
            raise Overtaken
        _note(marker.recording, "marker.removed", by=by.who, detail={"at_ms": marker.at_ms})


def report_defect(listening: Listening, *, at_ms: int, text: str) -> DefectReport:
    """A listener says what cannot be followed, and where (OPGA 7k al. 8).

    Raises `NotYours`, `NothingSaid`, `TooMany`.
    """
    grant = listening.grant
    if grant is None or listening.person_id:
        raise NotYours
    said = clean_text(text, _LONGEST_REPORT) if len(text) <= _LONGEST_REPORT else ""
    if not said:
        raise NothingSaid
    known = DefectReport.objects.filter(recording=listening.recording, grant=grant)
    if len(known.order_by("pk").values("pk")[:_MOST_REPORTS]) == _MOST_REPORTS:
        raise TooMany
    with transaction.atomic():
        report = DefectReport.objects.create(
            insurer_id=listening.insurer_id,
            recording=listening.recording,
            grant=grant,
            at_ms=_inside(listening.recording, at_ms),
            text=sealed(listening.recording, said),
            reported_at=timezone.now(),
        )
        _note(listening.recording, "defect.reported", by=listener(grant), detail={"at_ms": report.at_ms})
    return report


def report_own_defect(recording: Recording, *, at_ms: int, text: str, by: Actor) -> DefectReport:
    """The same by the insured person in her own account. Raises `NotYours`, `NothingSaid`, `TooMany`."""
    if not is_insured(by, recording.mandate) or recording.status not in rules.LISTENABLE:
        raise NotYours
    said = clean_text(text, _LONGEST_REPORT) if len(text) <= _LONGEST_REPORT else ""
    if not said:
        raise NothingSaid
    known = DefectReport.objects.filter(recording=recording, person=by.person)
    if len(known.order_by("pk").values("pk")[:_MOST_REPORTS]) == _MOST_REPORTS:
        raise TooMany
    with transaction.atomic():
        report = DefectReport.objects.create(
            insurer_id=recording.insurer_id,
            recording=recording,
            person=by.person,
            at_ms=_inside(recording, at_ms),
            text=sealed(recording, said),
            reported_at=timezone.now(),
        )
        _note(recording, "defect.reported", by=by.who, detail={"at_ms": report.at_ms})
    return report


def settle_defect(report: DefectReport, *, outcome: str, by: Actor) -> None:
    """What office and insured person agreed on. Raises `NotYours`, `NothingSaid`, `Overtaken`.

    Nothing is added about a sound that is destroyed, or whose destruction is asked for (`Overtaken`).
    """
    if not by.has("records"):
        raise NotYours
    if report.recording.status not in rules.LISTENABLE:
        raise Overtaken
    said = clean_text(outcome, _LONGEST_REPORT) if len(outcome) <= _LONGEST_REPORT else ""
    if not said:
        raise NothingSaid
    with transaction.atomic():
        waiting = DefectReport.objects.filter(pk=report.pk, settled_at=None)
        words = sealed(report.recording, said)
        if not waiting.update(outcome=words, settled_at=timezone.now(), settled_by=by.person):
            raise Overtaken
        _note(report.recording, "defect.settled", by=by.who, detail={"at_ms": report.at_ms})


def _inside(recording: Recording, at_ms: int) -> int:
    return max(0, min(at_ms, recording.duration_ms or 0))


def _note(recording: Recording, act: str, *, by: Who, detail: dict[str, object]) -> None:
    audit.record(
        act,
        insurer_id=recording.insurer_id,
        by=by,
        on="recording",
        object_id=str(recording.pk),
        subject=recording.mandate.avs_number,
        detail=detail,
    )
