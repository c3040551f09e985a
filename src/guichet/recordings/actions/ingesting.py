"""A file that has arrived whole: its checksum compared, decoded to the end, refused or deposited (REC-02, 04, 06).

Every step is its own transaction and may be repeated: a worker that dies here is followed by another one.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from guichet import audio, storage
from guichet.casework.jobs import defer, is_under_way
from guichet.recordings.actions.common import hold, note
from guichet.recordings.actions.deposits import lock_row, move_of
from guichet.recordings.holding import holder_of
from guichet.recordings.models import Ingest, Recording, Source, Upload
from guichet.recordings.states import Status

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from guichet.storage.models import StoredObject
    from guichet.tenancy.models import Insurer

logger = logging.getLogger(__name__)

COPY_LIMIT: Final = 512 * 1024 * 1024  # bytes; six hours of AAC take 180 MB
COPY_CHUNK: Final = 32 * 1024  # bytes sealed together: six seconds of sound are 48 kB, and a chunk is opened whole
CHECKSUM: Final = "checksum"
_MOST: Final = 100  # files of one insurer in one round
_PEAKS_LIMIT: Final = 4 * 1024 * 1024


def take_in(upload_id: UUID | str) -> None:
    """From the last part to « Déposé » or « Fichier refusé ». Does nothing for an upload that was given up."""
    upload = Upload.objects.select_related("stored", "recording__mandate").filter(pk=upload_id).first()
    if upload is None or upload.failure or upload.offset != upload.length:
        return
    if upload.done_at is None and not compare(upload):
        return
    recording = Recording.objects.select_related("original", "insurer", "mandate").get(pk=upload.recording_id)
    if recording.original_id == upload.stored_id and recording.ingest == Ingest.WAITING:
        _decode(recording)


def take_up_again(insurer: Insurer, *, before: datetime) -> int:
    """Hand on again what arrived before this and whose job failed for good: a full disk, a worker without its locks.

    Says how many files. Without this « Contrôle en cours » would never end.
    """
    whole = Upload.objects.filter(
        Q(done_at=None) | Q(recording__original_id=F("stored_id")),
        recording__in=Recording.objects.filter(insurer=insurer, status=Status.UPLOADING, ingest=Ingest.WAITING),
        offset=F("length"),
        failure="",
        moved_at__lt=before,
    )
    again = 0
    for upload_id in whole.order_by("moved_at", "id").values_list("pk", flat=True)[:_MOST]:
        if not is_under_way("recordings.take_in", upload_id=str(upload_id)):
            defer("recordings.take_in", queue="audio", insurer_id=insurer.pk, upload_id=str(upload_id))
            again += 1
    return again


def compare(upload: Upload) -> bool:
    """Whether what lies on the disk is what the sender has; if so it is the recording's original."""
    holder = holder_of(upload.recording.affiliation_id)
    try:
        found = storage.checksum(upload.stored, holder=holder)
    except storage.Corrupt:
        logger.exception("Upload %s cannot be read back", upload.pk)
        found = ""
    with transaction.atomic():
        hold(upload.recording_id)
        waiting = Upload.objects.filter(pk=upload.pk, done_at=None)
        if found != upload.sha256:
            if waiting.update(done_at=timezone.now(), failure=CHECKSUM):
                storage.destroy(upload.stored)
                note(upload.recording, "checksum_differs", by=None)
            return False
        if not waiting.update(done_at=timezone.now()):
            return False
        storage.finish(upload.stored, sha256=found, expected=upload.sha256)
        Recording.objects.filter(pk=upload.recording_id).update(original=upload.stored)
        note(upload.recording, "received", by=None, detail={"sha256": found, "length": upload.length})
    return True


def _decode(recording: Recording) -> None:
    """One pass over the original makes copy, waveform and checks; nothing of it is ever on the disk in the clear."""
    original = recording.original
    assert original is not None  # noqa: S101 -- `take_in` compared it
    holder = holder_of(recording.affiliation_id)
    with (
        storage.open_object(original, holder=holder) as source,
        storage.Writer(insurer=recording.insurer, limit=COPY_LIMIT, chunk_size=COPY_CHUNK, holder=holder) as out,
    ):
        answer = audio.ingest(
            source,
            name=recording.file_name,
            size=original.size,
            out=out,
            recorder=recording.source == Source.RECORDER,
        )
        if isinstance(answer, audio.Refused):
            refuse(recording, code=answer.code)
        else:
            keep(recording, original=original, heard=answer, out=out)


@transaction.atomic
def keep(recording: Recording, *, original: StoredObject, heard: audio.Ingested, out: storage.Writer) -> None:
    """The file was decoded whole: it is deposited, with its listening copy. Nothing happens if it was replaced."""
    locked = lock_row(recording.pk)
    if locked.original_id != original.pk or locked.ingest != Ingest.WAITING or locked.status != Status.UPLOADING:
        return
    move = move_of("deposit", locked, side="platform")
    holder = holder_of(locked.affiliation_id)
    now = timezone.now()
    locked.copy = out.keep()
    locked.peaks = storage.put(heard.peaks, insurer=recording.insurer, limit=_PEAKS_LIMIT, holder=holder)
    locked.segments, locked.media, locked.duration_ms = heard.segments, heard.media, heard.duration_ms
    locked.quality = heard.quality.as_json | {"parts_ms": list(heard.parts_ms)}
    locked.ingest, locked.status = Ingest.READY, move.target
    locked.deposited_at = locked.changed_at = now
    locked.deposited_by = locked.uploads.order_by("-started_at", "-id")[0].person
    locked.save()
    note(locked, "deposited", by=None, detail={"media": heard.media, "duration_ms": heard.duration_ms})


@transaction.atomic
def refuse(recording: Recording, *, code: str) -> None:
    """The content is not taken: the bytes go, the expert reads what to do and deposits another file."""
    locked = lock_row(recording.pk)
    if locked.ingest != Ingest.WAITING or locked.original is None or locked.original_id != recording.original_id:
        return
    storage.destroy(locked.original)
    locked.original, locked.ingest, locked.refusal = None, Ingest.REFUSED, code
    locked.changed_at = timezone.now()
    locked.save(update_fields=["original", "ingest", "refusal", "changed_at"])
    note(locked, "file_refused", by=None, detail={"code": code})
