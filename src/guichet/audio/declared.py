"""What a file says of its own length. Containers lie: it is compared with what was decoded, never believed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from guichet.audio import dss, sniff
from guichet.audio.sniff import Kind

if TYPE_CHECKING:
    from typing import BinaryIO

_XING_AT: Final = {(1152, False): 36, (1152, True): 21, (576, False): 21, (576, True): 13}  # (samples, mono): bytes
_HAS_FRAMES: Final = 1
_VBRI_AT: Final = 36
_VBRI_FRAMES_AT: Final = 14


def of(source: BinaryIO, kind: Kind) -> int | None:
    """Milliseconds, by the header of an MP3 or DSS file; None if it says nothing. Of an MP4 its index tells."""
    if kind in {Kind.DSS_SP, Kind.DSS_LP}:
        return dss.declared_ms(source)
    return _mp3(source) if kind is Kind.MP3 else None


def _mp3(source: BinaryIO) -> int | None:
    """By the number of frames in a Xing, Info or VBRI frame. Without one a length would be a guess."""
    data = sniff.behind_tags(source)[1]
    start = next((at for at in range(len(data) - 4) if sniff.mp3_length(data[at : at + 4])), None)
    if start is None:
        return None
    frame = data[start:]
    samples, rate, mono = sniff.mp3_samples(frame), sniff.mp3_rate(frame), frame[3] >> 6 == 3
    xing = frame[_XING_AT[samples, mono] :]
    if xing[:4] in {b"Xing", b"Info"} and xing[7] & _HAS_FRAMES:
        frames = int.from_bytes(xing[8:12], "big")
    elif frame[_VBRI_AT : _VBRI_AT + 4] == b"VBRI":
        frames = int.from_bytes(frame[_VBRI_AT + _VBRI_FRAMES_AT : _VBRI_AT + _VBRI_FRAMES_AT + 4], "big")
    else:
        return None
    return frames * samples * 1000 // rate or None
