"""« Décoder à nouveau »: a bad DSS gets another listening copy; original and log stay (REC-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone

from guichet import audio, storage
from guichet.casework.jobs import defer
from guichet.recordings.actions.common import locked_row, note
from guichet.recordings.actions.ingesting import COPY_CHUNK, COPY_LIMIT
from guichet.recordings.actions.listening_errors import NotYours
from guichet.recordings.errors import NotPossible
from guichet.recordings.models import EndReason, Listening, Recording
from guichet.recordings.rules import LISTENABLE

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import Actor
    from guichet.storage.models import StoredObject

_PEAKS_LIMIT: Final = 4 * 1024 * 1024


def ask(recording: Recording, *, how: str, by: Actor) -> None:
    """Hand it to the worker. Raises `NotYours`, and `NotPossible` unless it is a DSS of the archive."""
    if not by.has("records"):
        raise NotYours
    known = {str(one) for one in audio.How}
    if how not in known or not recording.media.startswith("dss") or recording.status not in LISTENABLE:
        raise NotPossible
    with transaction.atomic():
        note(recording, "redecode_asked", by=by, detail={"how": how})
        defer("recordings.redecode", queue="audio", insurer_id=by.insurer.pk, recording_id=str(recording.pk), how=how)


def redecode(recording_id: UUID | str, how: str) -> None:
    """Decode the original another way; nothing changes if that fails or the recording has left the archive."""
    recording = Recording.objects.select_related("original", "insurer", "mandate").get(pk=recording_id)
    original = recording.original
    if recording.status not in LISTENABLE or original is None or original.destroyed_at:
        return
    with (
        storage.open_object(original) as source,
        storage.Writer(insurer=recording.insurer, limit=COPY_LIMIT, chunk_size=COPY_CHUNK) as out,
    ):
        answer = audio.redecode(source, name=recording.file_name, size=original.size, out=out, how=audio.How(how))
        if isinstance(answer, audio.Refused):
            with transaction.atomic():
                note(recording, "redecode_failed", by=None, detail={"how": how, "code": answer.code})
            return
        _keep(recording, answer, out, how)


@transaction.atomic
def _keep(recording: Recording, heard: audio.Ingested, out: storage.Writer, how: str) -> None:
    """The new copy in the place of the former; who is listening to that one begins again."""
    archived = Recording.objects.filter(pk=recording.pk, status__in=LISTENABLE)
    locked = locked_row(archived, "copy", "peaks", "mandate")
    if locked is None:
        return
    former: list[StoredObject] = [one for one in (locked.copy, locked.peaks) if one is not None]
    Listening.objects.filter(recording=locked, ended_at=None).update(
        ended_at=timezone.now(), end_reason=EndReason.REPLACED
    )
    locked.copy = out.keep()
    locked.peaks = storage.put(heard.peaks, insurer=recording.insurer, limit=_PEAKS_LIMIT)
    locked.segments, locked.duration_ms, locked.media = heard.segments, heard.duration_ms, heard.media
    locked.quality = heard.quality.as_json
    locked.save(update_fields=["copy", "peaks", "segments", "duration_ms", "media", "quality"])
    for one in former:
        storage.destroy(one)
    note(locked, "redecoded", by=None, detail={"how": how})
