"""Sound: decoded, judged, converted and cut by a child process without files and network (PyAV).

This is the whole door; nothing else of the package is for others, except the texts in `refusals`. No database, and
neither PyAV nor numpy is loaded by the process that asks. Names are loaded on first use: the child has no Django.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from guichet.audio.boxes import with_length
    from guichet.audio.door import How, Ingested, Sink, ingest, redecode
    from guichet.audio.peaks import read_peaks
    from guichet.audio.quality import Quality, Verdict
    from guichet.audio.refusals import MOST_BYTES, MOST_SECONDS, Refused
    from guichet.audio.words import QualityWord, quality_words

__all__ = [
    "MOST_BYTES",
    "MOST_SECONDS",
    "How",
    "Ingested",
    "Quality",
    "QualityWord",
    "Refused",
    "Sink",
    "Verdict",
    "ingest",
    "quality_words",
    "read_peaks",
    "redecode",
    "with_length",
]

_PLACES: Final = {
    "MOST_BYTES": "refusals",
    "MOST_SECONDS": "refusals",
    "How": "door",
    "Ingested": "door",
    "Quality": "quality",
    "QualityWord": "words",
    "Refused": "refusals",
    "Sink": "door",
    "Verdict": "quality",
    "ingest": "door",
    "quality_words": "words",
    "read_peaks": "peaks",
    "redecode": "door",
    "with_length": "boxes",
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
    globals()[name] = value
    return value
