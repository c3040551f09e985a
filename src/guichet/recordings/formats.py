"""What may be uploaded, told from the name alone, before the first byte; the content decides afterwards (REC-02)."""

from __future__ import annotations

from typing import Final

from guichet import audio
from guichet.kernel.text import clean_line
from guichet.recordings.errors import FormatRefused, LengthRefused
from guichet.storage.names import clean_display_name

ACCEPTED: Final = ("aac", "m4a", "mp3", "dss")
_RECORDERS: Final = frozenset({"webm", "mp4", "ogg", "oga", "opus"})
_REFUSED: Final = {
    "ds2": "audio.ds2",
    "wav": "audio.wav",
    "wma": "audio.wma",
    "m3u": "audio.playlist",
    "m3u8": "audio.playlist",
    "pdf": "audio.document",
    "doc": "audio.document",
    "docx": "audio.document",
    "mov": "audio.video",
    "avi": "audio.video",
    "flac": "audio.other",
    "amr": "audio.other",
    "aif": "audio.other",
    "aiff": "audio.other",
}


def check_name(name: str, *, from_recorder: bool) -> str:
    """The name as it may be kept and shown. Raises `FormatRefused`."""
    clean = clean_display_name(clean_line(name[-240:], 240))
    ending = clean.rpartition(".")[2].casefold() if "." in clean else ""
    if ending in ACCEPTED or (from_recorder and ending in _RECORDERS):
        return clean
    raise FormatRefused("audio.webm" if ending in _RECORDERS else _REFUSED.get(ending, "audio.type"))


def check_length(length: int) -> None:
    """Raises `LengthRefused` for an empty file and for one above 2 GiB."""
    if not 0 < length <= audio.MOST_BYTES:
        raise LengthRefused("audio.empty" if length <= 0 else "audio.large")
