"""A disk image, ISO 9660 with Joliet, written from beginning to end into whatever takes bytes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol, cast

import pycdlib

from guichet.archives.names import clean_name

if TYPE_CHECKING:
    from collections.abc import Sequence

_WINDOW: Final = 1024 * 1024  # bytes that may still be written over; the tables of a few files take 100 kB
_PIECE: Final = 256 * 1024


class Out(Protocol):
    """Something that takes bytes, one after the other."""

    def write(self, data: bytes, /) -> int:
        """Take them all."""


@dataclass(frozen=True)
class Entry:
    """A file of the image; its source is read when the image is written, from where it stands."""

    name: str
    source: BinaryIO
    size: int


def write_iso(entries: Sequence[Entry], out: Out, *, label: str) -> None:
    """Write an image of these files. Raises `ValueError` for a name that is not clean, or comes twice."""
    if len({entry.name.casefold() for entry in entries}) != len(entries):
        raise ValueError("a name comes twice")
    image = pycdlib.PyCdlib()
    image.new(interchange_level=3, joliet=3, vol_ident=label)
    try:
        for number, entry in enumerate(entries):
            if entry.name != clean_name(entry.name):
                raise ValueError(f"not a clean name: {entry.name}")
            image.add_fp(entry.source, entry.size, f"/F{number:05d}.;1", joliet_path=f"/{entry.name}")
        forward = _Forward(out)
        image.write_fp(cast("BinaryIO", forward), _PIECE)
        forward.finish()
    finally:
        image.close()


class _Forward:
    """A file for a writer that jumps about in the tables at the beginning and then only goes on."""

    def __init__(self, out: Out) -> None:
        self._out, self._window = out, bytearray()
        self._gone = self._place = 0

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go somewhere that has not been handed on yet."""
        end = self._gone + len(self._window)
        self._place = offset if whence == os.SEEK_SET else end + offset
        if self._place < self._gone:
            raise ValueError("this part of the image has left already")
        return self._place

    def tell(self) -> int:
        """Where the next byte goes."""
        return self._place

    def write(self, data: bytes) -> int:
        """Take the bytes at this place; what lies far behind is handed on."""
        start = self._place - self._gone
        self._window.extend(bytes(max(0, start - len(self._window))))
        self._window[start : start + len(data)] = data
        self._place += len(data)
        if len(self._window) > 2 * _WINDOW:
            self._hand_on(len(self._window) - _WINDOW)
        return len(data)

    def finish(self) -> None:
        """Hand on the rest."""
        self._hand_on(len(self._window))

    def _hand_on(self, length: int) -> None:
        self._out.write(bytes(self._window[:length]))
        del self._window[:length]
        self._gone += length
