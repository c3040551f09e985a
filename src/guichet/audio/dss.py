"""DSS: frames out of blocks, with the recording's pauses left out. Runs in the child process only.

A file is a header of 2 or 3 blocks of 512 bytes and then blocks of sound: 6 bytes of head (is the first frame a swapped
one; where it begins; how many frames begin here) and 506 of frames, which run on from block to block. In standard play
frames are 42 and 40 bytes in turn, each 264 samples. Where the recorder was paused, a block ends early or begins no
frame; who ignores the count, as general readers do, hears noise from there on, without an error.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

BLOCK: Final = 512
RATE: Final = 11_000  # samples per second, 264 every 24 ms; what programs call 11 025
_HEAD: Final = 6
_PLAIN, _SWAPPED = 42, 40  # bytes of the two makes of frame in the file
_LONG_PLAY: Final = (24, 20, 4, 1)  # bytes of a frame, by the two lowest bits of its first
_FILLING: Final = 0xFF
_MOST_FRAMES: Final = 13  # that can begin in one block
_LENGTH_AT: Final = 0x3E


def declared_ms(source: BinaryIO) -> int | None:
    """The length the header says, as HHMMSS; None if it is not filled in."""
    source.seek(_LENGTH_AT)
    said = source.read(6)
    if not said.isdigit():
        return None
    length = dt.timedelta(hours=int(said[:2]), minutes=int(said[2:4]), seconds=int(said[4:]))
    return length // dt.timedelta(milliseconds=1) or None


class Frames:
    """The frames of a file as the decoder takes them: 42 bytes each."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._last = 0  # the byte of a swapped frame that its plain neighbour before it carries
        self.damaged = 0  # blocks that say what cannot be, and frames whose end is missing

    def __iter__(self) -> Iterator[bytes]:
        begun, was_swapped = b"", False
        for block in _blocks(self._source):
            swapped, first, count, frames = bool(block[0] >> 7), _first_frame(block), block[2], block[_HEAD:]
            if begun:
                missing = _length(swapped=was_swapped) - len(begun)
                if count and first < missing:
                    self.damaged += 1
                elif count or block[1]:
                    yield self._frame(begun + frames[:missing], swapped=was_swapped)
                begun = b""
            if count > _MOST_FRAMES:
                self.damaged += 1
                continue
            for _number in range(count):
                length = _length(swapped=swapped)
                frame = frames[first : first + length]
                if len(frame) < length:
                    begun, was_swapped = frame, swapped
                    break
                yield self._frame(frame, swapped=swapped)
                first += length
                swapped = not swapped

    def run_on(self) -> Iterator[bytes]:
        """As if no block had a head: for files whose heads are damaged. Pauses become noise."""
        held, swapped = b"", None
        for block in _blocks(self._source):
            swapped = bool(block[0] >> 7) if swapped is None else swapped
            held += block[_HEAD:]
            while len(held) >= (length := _length(swapped=swapped)):
                yield self._frame(held[:length], swapped=swapped)
                held, swapped = held[length:], not swapped

    def _frame(self, raw: bytes, *, swapped: bool) -> bytes:
        """A swapped frame has its bytes one place further and one of them next door; the decoder wants all alike."""
        if len(raw) < _length(swapped=swapped):
            self.damaged += 1
            raw = raw.ljust(_length(swapped=swapped), b"\0")
        frame = bytearray(_PLAIN)
        if swapped:
            frame[0:40:2] = raw[1:40:2]
            frame[3:42:2] = raw[0:40:2]
            frame[1] = self._last
        else:
            frame[:] = raw
            self._last = raw[40]
        frame[40] = 0
        return bytes(frame)


def long_play(source: BinaryIO) -> Iterator[bytes]:
    """The frames of G.723.1 of a long-play file; what fills up a block (0xff) is left out."""
    held = b""
    for block in _blocks(source):
        held += block[_HEAD:]
        while held:
            length = _LONG_PLAY[held[0] & 3]
            if held[0] == _FILLING and not held.strip(bytes([_FILLING])):
                held = b""
            if len(held) < length:
                break
            yield held[:length]
            held = held[length:]


def _blocks(source: BinaryIO) -> Iterator[bytes]:
    source.seek(0)
    source.seek(source.read(1)[0] * BLOCK)
    while len(block := source.read(BLOCK)) > _HEAD:
        yield block


def _length(*, swapped: bool) -> int:
    return _SWAPPED if swapped else _PLAIN


def _first_frame(block: bytes) -> int:
    """Where in the block's 506 bytes the first frame begins."""
    return max(0, 2 * block[1] + 2 * (block[0] >> 7) - _HEAD)
