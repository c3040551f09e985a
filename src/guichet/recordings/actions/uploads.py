"""The file on its way, part by part (REC-03): a part is acknowledged when its row says so, and then it is on disk."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from guichet import storage
from guichet.casework.jobs import defer
from guichet.recordings import formats
from guichet.recordings.actions import deposits, places
from guichet.recordings.actions.common import hold, locked_row, note
from guichet.recordings.errors import NotPossible, WrongOffset
from guichet.recordings.holding import holder_of
from guichet.recordings.models import Recording, Source, Upload
from guichet.recordings.states import HELD_BY_EXPERT, Status

if TYPE_CHECKING:
    from guichet.accounts.access import Actor

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@transaction.atomic
def begin(recording: Recording, *, name: str, length: int, by: Actor) -> Upload:
    """A place for a file of this name and length; whatever was uploaded before is let go.

    Its key, held by the expert alone, is on disk before the first byte. Raises `FormatRefused`, `LengthRefused`,
    `NotPossible` once the recording was sent, `WaiverInForce`, `TooManyOpen`; then what was there before stays.
    """
    name = formats.check_name(name, from_recorder=recording.source == Source.RECORDER)
    formats.check_length(length)
    deposits.refuse_waived(recording.mandate)
    locked = deposits.start_again(recording, by=by)
    places.take(locked, length)
    stored = storage.begin(insurer=by.insurer, size=length, holder=holder_of(locked.affiliation_id))
    Recording.objects.filter(pk=locked.pk).update(name=storage.seal_text(stored, name))
    upload = Upload.objects.create(
        insurer=by.insurer, recording=locked, person=by.person, length=length, stored=stored, moved_at=timezone.now()
    )
    note(locked, "upload_begun", by=by, detail={"length": length})
    return upload


def receive(upload: Upload, length: int, *, offset: int, by: Actor) -> storage.Part:
    """A part to be filled while it arrives, then kept by `keep`; nothing is written yet, and nothing is locked.

    Raises `WrongOffset`, `NotPossible` for an upload that is over, and `ValueError` for a part that is none: not 8 MiB
    (the last one: what remains).
    """
    _refuse_stranger(upload, by)
    if length != storage.part_length(upload.stored, offset) or not length:
        now = _offset_now(upload)
        raise WrongOffset(now) if now not in (None, offset) else ValueError(f"a part of {length} bytes")
    try:
        return storage.Part(upload.stored, length, offset=offset, holder=holder_of(upload.recording.affiliation_id))
    except (storage.Destroyed, storage.NotHolder):  # given up or sent since the row was read
        raise NotPossible from None


@transaction.atomic
def keep(upload: Upload, part: storage.Part, *, by: Actor, sha256: str = "") -> int:
    """Keep a part that has arrived; returns the offset of the next. Of several with the same offset, one is kept.

    With the last part comes the SHA-256 of the whole, as the sender computed it; the worker compares. Raises
    `WrongOffset`, `NotPossible` for an upload that is over, and `ValueError` if bytes or the last one's checksum miss.
    """
    last = part.following == upload.length
    if last and not _SHA256.fullmatch(sha256):
        raise ValueError("the last part comes with the checksum of the whole")
    _refuse_stranger(upload, by)
    if last:  # its acts are written beside the recording, and whoever lets go of it locks that before its uploads
        hold(upload.recording_id)
    changes = {"offset": part.following, "moved_at": timezone.now()} | ({"sha256": sha256} if last else {})
    mine = Upload.objects.filter(pk=upload.pk)  # no join: the UPDATE must look at the row again once it has the lock
    if not mine.filter(offset=part.offset, done_at=None).update(**changes):
        now = _offset_now(upload)
        raise NotPossible if now is None else WrongOffset(now)
    part.write()
    if last:
        note(upload.recording, "upload_complete", by=by, detail={"length": upload.length})
        defer("recordings.take_in", queue="audio", insurer_id=by.insurer.pk, upload_id=str(upload.pk))
    return part.following


def write(upload: Upload, data: bytes, *, offset: int, by: Actor, sha256: str = "") -> int:
    """Keep a part that is there already; see `receive` and `keep`."""
    part = receive(upload, len(data), offset=offset, by=by)
    part.add(data)
    return keep(upload, part, by=by, sha256=sha256)


@transaction.atomic
def give_up(upload: Upload, *, by: Actor) -> None:
    """End an upload under way; its bytes go. Raises `NotPossible` if it is over."""
    if upload.recording.status not in HELD_BY_EXPERT or upload.done_at is not None:
        raise NotPossible
    deposits.start_again(upload.recording, by=by)


def _refuse_stranger(upload: Upload, by: Actor) -> None:
    if upload.recording.affiliation_id != getattr(by.affiliation, "pk", None):
        raise NotPossible


def _offset_now(upload: Upload) -> int | None:
    """What the row says; nothing for an upload that is over."""
    return Upload.objects.filter(pk=upload.pk, done_at=None).values_list("offset", flat=True).first()


def forget_stale(*, before: object) -> int:
    """Let go of uploads nobody moved since; says how many. The recording waits for another file."""
    gone = 0
    rows = Upload.objects.filter(done_at=None, moved_at__lt=before, offset__lt=F("length")).select_related(
        "recording__mandate", "stored"
    )
    for upload in rows.order_by("moved_at", "id")[:500]:
        with transaction.atomic():
            hold(upload.recording_id)
            mine = Upload.objects.filter(pk=upload.pk, done_at=None, moved_at__lt=before)
            if not mine.update(done_at=timezone.now(), failure="given_up"):
                continue
            storage.destroy(upload.stored)
            note(upload.recording, "upload_forgotten", by=None)
            gone += 1
    return gone + _forget_stopped(before)


def _forget_stopped(before: object) -> int:
    """Bytes that a request for a destruction stopped; it was taken back, and nobody deposits anything since."""
    stopped = Upload.objects.filter(failure="given_up", done_at__lt=before, stored__destroyed_at=None)
    waiting = stopped.filter(recording__status=Status.UPLOADING).select_related("stored", "recording__mandate")
    gone = 0
    for upload in waiting.order_by("done_at", "id")[:500]:
        with transaction.atomic():
            if locked_row(Recording.objects.filter(pk=upload.recording_id, status=Status.UPLOADING)):
                storage.destroy(upload.stored)
                note(upload.recording, "upload_forgotten", by=None)
                gone += 1
    return gone
