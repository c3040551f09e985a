"""What people write about a sound is sealed with the key of the sound (REC-15).

Such words tell what was said, and they would stay in the database's log and in its backups for years. Sealed, they die
with the key wherever a copy of the row lies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from guichet import storage

if TYPE_CHECKING:
    from guichet.recordings.models.recordings import Recording
    from guichet.storage.models import StoredObject


def sealed(recording: Recording, words: str) -> str:
    """Words to keep beside a recording. Raises `storage.Destroyed` if it has no sound (any more)."""
    if recording.original is None:
        raise storage.Destroyed(str(recording.pk))
    return storage.seal_text(recording.original, words)


def opened(recording: Recording, kept: str) -> str:
    """The words; empty once the sound is destroyed or has gone to another office."""
    return opened_with(recording.original, kept)


def opened_with(obj: StoredObject | None, kept: str) -> str:
    """Words sealed with the key of this object; empty where there is none any more."""
    if not kept or obj is None:
        return ""
    try:
        return storage.open_text(obj, kept)
    except storage.Destroyed:
        return ""
