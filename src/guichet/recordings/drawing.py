"""The waveform as SVG, drawn on the server from the stored peaks, with what was found on it (REC-06)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from guichet import audio, storage

if TYPE_CHECKING:
    from guichet.recordings.models import Recording

WIDTH: Final = 1000
HEIGHT: Final = 120
_COLUMNS: Final = 500
_NARROWEST: Final = 2


@dataclass(frozen=True)
class Stretch:
    """A part of the picture where something was found."""

    kind: str  # silence, clipping, dropout
    x: int
    width: int


@dataclass(frozen=True)
class Drawing:
    """The path of the sound, and what lies on it."""

    path: str
    stretches: tuple[Stretch, ...]


def waveform(recording: Recording, *, holder: str) -> Drawing | None:
    """The picture for whoever holds the key; nothing where there are no peaks. Raises as `storage.read` does."""
    if recording.peaks is None or not recording.duration_ms:
        return None
    pairs = audio.read_peaks(storage.read(recording.peaks, holder=holder), buckets=_COLUMNS)
    if not pairs:
        return None
    middle, step = HEIGHT / 2, WIDTH / len(pairs)
    bars = "".join(_bar(number * step, low, high, middle) for number, (low, high) in enumerate(pairs))
    found = (_stretch(*mark, length=recording.duration_ms) for mark in recording.quality.get("marks", []))
    return Drawing(bars, tuple(found))


def _bar(x: float, low: int, high: int, middle: float) -> str:
    top, bottom = middle - high * middle / 128, middle - low * middle / 128
    return f"M{x:.0f} {top:.0f}V{max(bottom, top + 1):.0f}"


def _stretch(kind: str, start: int, end: int, *, length: int) -> Stretch:
    return Stretch(kind, start * WIDTH // length, max(_NARROWEST, (end - start) * WIDTH // length))
