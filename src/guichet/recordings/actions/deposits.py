"""A recording on its way in: begun for a mandate, filled by an upload, replaced freely until it is sent (REC-08)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from guichet import audit, storage
from guichet.recordings.actions.common import locked_row, note
from guichet.recordings.errors import Destroyed, NotPossible, WaiverInForce
from guichet.recordings.models import (
    DestructionRequest,
    Ingest,
    Mandate,
    Recording,
    RedepositRequest,
    Source,
    Upload,
    Waiver,
)
from guichet.recordings.rules import FIRST_INTERVIEW
from guichet.recordings.states import CLOSED, WORKFLOW, Status
from guichet.workflow import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from uuid import UUID

    from guichet.accounts.access import Actor
    from guichet.storage.models import StoredObject
    from guichet.workflow import Move

_NAMED: Final = ("mandate", "original", "copy", "peaks")
NOTHING_YET: dict[str, object] = {
    "original": None,
    "copy": None,
    "peaks": None,
    "segments": [],
    "ingest": Ingest.WAITING,
    "refusal": "",
    "media": "",
    "duration_ms": None,
    "quality": {},
    "spoken_start_ms": None,
    "spoken_end_ms": None,
    "deposited_at": None,
    "deposited_by": None,
    "warned_at": None,
    "office_told_at": None,
}
"""A recording without sound."""


def refuse_waived(mandate: Mandate) -> None:
    """Raises `WaiverInForce`; the mandate must be locked, so that no waiver comes at the same time."""
    if Waiver.objects.filter(mandate=mandate, revoked_on=None).exists():
        raise WaiverInForce


def refuse_destroyed(mandate: Mandate, interview_on: date) -> None:
    """Raises `Destroyed` for an interview whose destruction was asked for, also while the sound was on a device."""
    reached = Q(interview_on=interview_on) | Q(interview_on=None)
    asked = DestructionRequest.objects.filter(reached, mandate=mandate, withdrawn_at=None)
    gone = Recording.objects.filter(mandate=mandate, interview_on=interview_on, status=Status.DESTROYED)
    if asked.exists() or gone.exists():  # a restored database may know the one and not the other
        raise Destroyed


@transaction.atomic
def begin(
    mandate: Mandate,
    *,
    interview_on: date,
    by: Actor,
    source: str = Source.UPLOAD,
    recording_id: UUID | None = None,
    parts: Sequence[dict[str, str]] = (),
) -> Recording:
    """A recording of this interview, without sound yet; it answers the office's open request for a new deposit, if any.

    Of the recorder come an id of its own, so that a second try begins nothing new, and its log (`partlog`).
    Raises `NotPossible` for somebody else's or a closed mandate, a day to come or before there were recordings,
    `WaiverInForce`, and `Destroyed`.
    """
    locked = Mandate.objects.select_for_update(of=("self",)).get(pk=mandate.pk)
    if locked.affiliation_id != getattr(by.affiliation, "pk", None) or locked.closed_at is not None:
        raise NotPossible
    if not FIRST_INTERVIEW <= interview_on <= timezone.localdate():
        raise NotPossible
    refuse_waived(locked)
    refuse_destroyed(locked, interview_on)
    asked = open_request(locked)
    recording = Recording.objects.create(
        pk=recording_id or uuid4(),
        insurer=by.insurer,
        affiliation=locked.affiliation,
        mandate=locked,
        source=source,
        interview_on=interview_on,
        parts=list(parts),
        changed_at=timezone.now(),
        replaces=asked.recording if asked else None,
    )
    note(recording, "begun", by=by, detail={"source": source})
    return recording


def open_request(mandate: Mandate) -> RedepositRequest | None:
    """The office's oldest request for a new deposit that nobody answers yet."""
    rows = RedepositRequest.objects.filter(recording__mandate=mandate, answered_at=None)
    rows = rows.exclude(recording__status__in={*CLOSED, Status.DESTRUCTION_ASKED})  # nothing is there to replace
    unanswered = rows.exclude(recording__replaced_by__status__in=[Status.UPLOADING, Status.DEPOSITED])
    return unanswered.select_related("recording").order_by("asked_at", "id").first()


@transaction.atomic
def start_again(recording: Recording, *, by: Actor) -> Recording:
    """Let go of what was uploaded; the recording waits for another file. Raises `NotPossible` once it was sent."""
    locked = lock(recording, by=by)
    move = move_of("start_again", locked, side="partner")
    let_go(locked)
    for name, value in NOTHING_YET.items():
        setattr(locked, name, value)
    locked.status, locked.name, locked.changed_at = move.target, "", timezone.now()
    locked.save(update_fields=[*NOTHING_YET, "status", "name", "changed_at"])
    note(locked, "started_again", by=by)
    return locked


@transaction.atomic
def abandon(recording: Recording, *, by: Actor) -> None:
    """Give up a deposit that never was complete; nothing of it stays but the audit. Raises `NotPossible`."""
    locked = lock(recording, by=by)
    if locked.status != Status.UPLOADING:
        raise NotPossible
    let_go(locked)
    note(locked, "abandoned", by=by)
    locked.events.all().delete()
    locked.uploads.all().delete()
    locked.delete()


@transaction.atomic
def heard(recording: Recording, *, first: int, last: int, by: Actor) -> None:
    """Written down before a byte of the listening copy leaves: the expert's hearing is an access, too (OPDo art. 4).

    `first` and `last` are bytes of the copy. Raises `AuditUnavailable`.
    """
    audit.record(
        "recording.heard_before_sending",
        insurer_id=recording.insurer_id,
        by=by.who,
        on="recording",
        object_id=str(recording.pk),
        subject=recording.mandate.avs_number,
        detail={"first_byte": first, "last_byte": last, "of": recording.copy.size if recording.copy else 0},
    )


def lock_row(recording_id: UUID) -> Recording:
    """The row itself, for the platform. Raises `Recording.DoesNotExist`."""
    found = locked_row(Recording.objects.filter(pk=recording_id), *_NAMED)
    if found is None:
        raise Recording.DoesNotExist
    return found


def lock(recording: Recording, *, by: Actor) -> Recording:
    """The row itself, for its owner. Raises `NotPossible` if it is gone or somebody else's."""
    found = locked_row(Recording.objects.filter(pk=recording.pk, affiliation=by.affiliation), *_NAMED)
    if found is None:
        raise NotPossible
    return found


def move_of(move: str, recording: Recording, *, side: str) -> Move:
    """The move of the table. Raises `NotPossible` where the table has none from here."""
    try:
        return WORKFLOW.check(move, status=recording.status, side=side)
    except NotAllowed:
        raise NotPossible from None


def let_go(recording: Recording) -> None:
    """Destroy every byte there is of it, uploads under way included; the rows keep their checksum and length."""
    Upload.objects.filter(recording=recording, done_at=None).update(done_at=timezone.now(), failure="given_up")
    left = Upload.objects.filter(recording=recording, stored__destroyed_at=None).select_related("stored")
    arrived = [upload.stored for upload in left]  # also what a request for its destruction stopped, taken back since
    _destroy(found for found in (recording.original, recording.copy, recording.peaks, *arrived) if found)


def _destroy(objects: Iterable[StoredObject]) -> None:
    for obj in objects:
        storage.destroy(obj)
