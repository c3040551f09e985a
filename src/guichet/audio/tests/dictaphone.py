"""A dictaphone that writes DSS: standard play frame by frame, with pauses in both layouts, and long play (G.723.1)."""

from __future__ import annotations

import random
from typing import Literal

import av

from guichet.audio.tests import sounds

BLOCK, PAYLOAD = 512, 506
FRAME_SECONDS = 0.024
_CODEC_AT, _LENGTH_AT = 0x2A4, 0x3E
_LOUD, _QUIET = 40, 0  # excitation gain of a frame, of 63
_PULSES = 1473109704  # ways to place 7 pulses on 72 places
_FILTER = (16, 16, 8, 8, 8, 8, 8, 8, 4, 4, 4, 4, 4, 4)
_FILTER_BITS = (5, 5, 4, 4, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3)


def header(version: int, codec: int, seconds: float | None) -> bytes:
    """As many blocks as the version says; without seconds the length is not filled in."""
    head = bytearray(b"\xff" * version * BLOCK)
    head[0] = version
    head[1:4] = b"dss"
    head[12:28] = b"EXPERT01".ljust(16)
    if seconds is not None:
        minutes, rest = divmod(round(seconds), 60)
        head[_LENGTH_AT : _LENGTH_AT + 6] = f"00{minutes:02}{rest:02}".encode()
    head[_CODEC_AT] = codec
    return bytes(head)


def standard_play(
    seconds: float = sounds.SECONDS,
    *,
    version: int = 2,
    pauses: Literal["", "compact", "empty"] = "",
    declared: float | None = -1,
) -> bytes:
    """A file that is loud and quiet by `sounds.pattern`; with pauses it is in four parts, each begun anew."""
    frames = _frames(seconds)
    step = len(frames) // 4 + 1 if pauses else len(frames)
    data = header(version, 0, seconds if declared == -1 else declared)
    for start in range(0, len(frames), step):
        if start and pauses == "empty":
            data += bytes([0, 3, 0, 0xFF, 0, 0xFF]) + random.Random(start).randbytes(PAYLOAD)
        data += _blocks(frames[start : start + step])
    return data


def long_play(seconds: float = sounds.SECONDS) -> bytes:
    """G.723.1 in blocks; the last is filled up with 0xff."""
    codec = av.CodecContext.create("g723_1", "w")
    codec.sample_rate, codec.layout, codec.format, codec.bit_rate = 8000, "mono", "s16", 6300
    resampler = av.AudioResampler(format="s16", layout="mono", rate=8000)
    stream = b""
    for frame in (*resampler.resample(sounds._frame(sounds.noise(seconds, rate=8000), 8000, 0)), None):
        stream += b"".join(bytes(packet) for packet in codec.encode(frame))
    pieces = (stream[start : start + PAYLOAD] for start in range(0, len(stream), PAYLOAD))
    return header(2, 2, seconds) + b"".join(
        bytes([0, 3, 21, 0xFF, 2, 0xFF]) + piece.ljust(PAYLOAD, b"\xff") for piece in pieces
    )


def _frames(seconds: float) -> list[bytes]:
    dice, loud = random.Random(1), sounds.pattern(seconds)
    return [
        _frame(dice, _LOUD if loud[int(number * FRAME_SECONDS)] else _QUIET)
        for number in range(round(seconds / FRAME_SECONDS))
    ]


def _frame(dice: random.Random, gain: int) -> bytes:
    """42 bytes as the decoder takes them: 328 bits in little-endian words of 16."""
    value = 0

    def put(number: int, bits: int) -> None:
        nonlocal value
        value = value << bits | number

    for number, bits in zip(_FILTER, _FILTER_BITS, strict=True):
        put(number, bits)
    for _quarter in range(4):
        put(0, 5)
        put(dice.randrange(1, _PULSES), 31)
        put(gain, 6)
        for _pulse in range(7):
            put(dice.randrange(8), 3)
    put(36, 24)
    words = (value << 8).to_bytes(42, "big")
    return bytes(byte for place in range(0, 42, 2) for byte in (words[place + 1], words[place]))


def _blocks(frames: list[bytes]) -> bytes:
    """Frames in turn plain and swapped, run on over blocks; the last block ends early."""
    pieces = []
    for number, frame in enumerate(frames):
        following = frames[number + 1] if number + 1 < len(frames) else bytes(42)
        pieces.append(_swapped(frame) if number % 2 else frame[:40] + following[1:2] + frame[41:])
    stream = b"".join(pieces)
    starts = [41 * number + number % 2 for number in range(len(frames))]
    blocks = b""
    for offset in range(0, len(stream), PAYLOAD):
        mine = [number for number, start in enumerate(starts) if offset <= start < offset + PAYLOAD]
        swap = mine[0] % 2 if mine else 0
        first = starts[mine[0]] - offset if mine else len(stream) - offset
        head = bytes([swap << 7, (first + 6 - 2 * swap) // 2, len(mine), 0xFF, 0, 0xFF])
        blocks += head + stream[offset : offset + PAYLOAD].ljust(PAYLOAD, b"\xff")
    return blocks


def _swapped(frame: bytes) -> bytes:
    """40 bytes: each pair the other way round; the byte missing is in the plain frame before."""
    raw = bytearray(40)
    raw[0::2] = frame[3:42:2]
    raw[1::2] = frame[0:40:2]
    return bytes(raw)
