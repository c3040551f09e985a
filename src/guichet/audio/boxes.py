"""The boxes an MP4 is made of: a length, four letters, what is in it."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

_AT_THE_START: Final = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"moof", b"styp", b"pnot"})
_MOST_BOXES: Final = 500_000  # of one file; six hours in fragments of a tenth of a second
_BEHIND_SCALE: Final = 16  # units a second, then how many of them
_LENGTHS: Final = {  # where each box has its length; that of a track counts in the units of the whole, which come first
    (b"moov", b"mvhd"): _BEHIND_SCALE,
    (b"moov", b"trak", b"tkhd"): 20,
    (b"moov", b"trak", b"mdia", b"mdhd"): _BEHIND_SCALE,
}


class Box(NamedTuple):
    """Where a box lies. A cut file has a last box that is not whole."""

    kind: bytes
    start: int
    end: int
    is_whole: bool


def starts_with_box(head: bytes) -> bool:
    """Whether these first bytes are those of an MP4."""
    return head[4:8] in _AT_THE_START


def top_level(source: BinaryIO) -> Iterator[Box]:
    """The boxes of a file, one after the other, without reading what is in them."""
    size = source.seek(0, io.SEEK_END)
    place = 0
    for _number in range(_MOST_BOXES):
        source.seek(place)
        head = source.read(16)
        if len(head) < 8:
            return
        length = int.from_bytes(head[:4], "big")
        if length == 1 and len(head) == 16:
            length = int.from_bytes(head[8:], "big")
        elif length == 0:  # until the end of the file
            length = size - place
        if length < 8:
            return
        yield Box(head[4:8], place, min(place + length, size), is_whole=place + length <= size)
        place += length


def inside(data: bytes, *path: bytes) -> bytes:
    """What the first box of this path holds; empty if there is none."""
    start, end = _span(data, path)
    return data[start:end]


def with_length(header: bytes, duration_ms: int) -> bytes:
    """The header of a file of fragments, saying how long the sound is; not a byte longer than it was.

    A muxer that writes into a stream cannot know it. Without it Firefox and WebKit believe the sound to be as long as
    what they have read so far, and jump to no place behind that.
    """
    timed, scale = bytearray(header), 0
    for path, place in _LENGTHS.items():
        start, end = _span(header, path)
        if end - start < place + 4 or header[start]:  # of version 1 the fields are wider
            return header
        if place == _BEHIND_SCALE:
            scale = int.from_bytes(header[start + place - 4 : start + place], "big")
        struct.pack_into(">I", timed, start + place, round(duration_ms * scale / 1000))
    return bytes(timed)


def _span(data: bytes, path: Iterable[bytes]) -> tuple[int, int]:
    start, end = 0, len(data)
    for kind in path:
        start, end = _content(data, kind, start, end)
    return start, end


def _content(data: bytes, kind: bytes, place: int, end: int) -> tuple[int, int]:
    while place + 8 <= end:
        length, found = struct.unpack_from(">I4s", data, place)
        if length < 8:
            break
        if found == kind:
            return place + 8, min(place + length, end)
        place += length
    return end, end
