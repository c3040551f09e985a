"""The shape of a recording for the player's picture: drawn from stored peaks, never from the sound itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from guichet import audio, storage

if TYPE_CHECKING:
    from guichet.recordings.models import Recording

COLUMNS: Final = 600  # of the picture
_LOUDEST: Final = 100


def shape(recording: Recording) -> list[int]:
    """At most 600 values from 0 to 100, the loudest of each stretch; empty while there are no peaks."""
    if recording.peaks is None or recording.peaks.destroyed_at:
        return []
    levels = [max(-low, high) for low, high in audio.read_peaks(storage.read(recording.peaks), buckets=COLUMNS)]
    top = max(levels, default=0) or 1
    return [level * _LOUDEST // top for level in levels]
