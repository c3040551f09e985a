"""The waveform the server draws: the lowest and the highest sample of every tenth of a second, a byte each.

Read without numpy, for the pages that show it. Layout: `GPK1`, peaks per second (16 bits), number of pairs (32 bits),
then the pairs as signed bytes, -127 to 127 for full scale; all little endian.
"""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import Final

PER_SECOND: Final = 10
FULL_SCALE: Final = 127
_HEAD: Final = struct.Struct("<4sHI")
_MAGIC: Final = b"GPK1"


def write_peaks(pairs: bytes) -> bytes:
    """The kept form of pairs of signed bytes (lowest, highest)."""
    return _HEAD.pack(_MAGIC, PER_SECOND, len(pairs) // 2) + pairs


def read_peaks(data: bytes, *, buckets: int) -> list[tuple[int, int]]:
    """(lowest, highest) of at most `buckets` equal stretches, each -127 to 127. Raises `ValueError` if it is damaged.

    A recording with fewer peaks than buckets gives as many as it has; an empty one none.
    """
    if len(data) < _HEAD.size or buckets < 1:
        raise ValueError("no peaks")
    magic, _per_second, count = _HEAD.unpack_from(data)
    if magic != _MAGIC or len(data) != _HEAD.size + 2 * count:
        raise ValueError("no peaks")
    samples = memoryview(data)[_HEAD.size :].cast("b")
    wanted = min(buckets, count)
    edges = (2 * (number * count // max(wanted, 1)) for number in range(wanted + 1))
    return [(min(samples[start:end:2]), max(samples[start + 1 : end : 2])) for start, end in pairwise(edges)]
