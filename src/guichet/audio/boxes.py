"""The boxes an MP4 is made of: a length, four letters, what is in it."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

_AT_THE_START: Final = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"moof", b"styp", b"pnot"})
_MOST_BOXES: Final = 500_000  # of one file; six hours in fragments of a tenth of a second


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
    for kind in path:
        data = _content(data, kind)
    return data


def _content(data: bytes, kind: bytes) -> bytes:
    place = 0
    while place + 8 <= len(data):
        length, found = struct.unpack_from(">I4s", data, place)
        if length < 8:
            break
        if found == kind:
            return data[place + 8 : place + length]
        place += length
    return b""
