"""Recordings made on the spot: seconds of noise and of near silence, by a pattern one can find again."""

from __future__ import annotations

import functools
import io
import random
from itertools import chain
from typing import Any

import av
import numpy as np

SECONDS = 15
RATE = 44_100
LOUD, QUIET = 0.25, 0.002


def pattern(seconds: float = SECONDS, seed: int = 1) -> list[bool]:
    """Which seconds are loud; the first is, the second is not."""
    dice = random.Random(seed)
    return [True, False, *(dice.random() < 0.5 for _ in range(int(seconds) - 2))]


def noise(seconds: float = SECONDS, *, rate: int = RATE, seed: int = 1, loud: float = LOUD) -> Any:
    """The pattern as samples, full scale at 1."""
    dice = np.random.default_rng(seed)
    levels = np.repeat([loud if one else QUIET for one in pattern(seconds, seed)], rate)
    return (dice.uniform(-1, 1, levels.size) * levels).astype(np.float32)


def encoded(
    samples: Any,
    form: str,
    codec: str,
    *,
    rate: int = RATE,
    bits: int = 64_000,
    options: dict[str, str] | None = None,
    **more: str,
) -> bytes:
    """Samples in a file of this form; `options` are the muxer's, `more` the encoder's."""
    file = io.BytesIO()
    with av.open(file, "w", format=form, options=options or {}) as container:
        stream: Any = container.add_stream(codec, rate=rate, options=more)
        stream.bit_rate = bits
        stream.layout = "mono"
        frames = (_frame(samples[start : start + rate], rate, start) for start in range(0, samples.size, rate))
        for packet in chain.from_iterable(stream.encode(frame) for frame in chain(frames, [None])):
            container.mux(packet)
    return file.getvalue()


def _frame(samples: Any, rate: int, start: int) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="fltp", layout="mono")
    frame.sample_rate = rate
    frame.pts = start
    return frame


def decoded(data: bytes) -> tuple[Any, int]:
    """All samples of a listening copy, and their rate."""
    container: Any
    with av.open(io.BytesIO(data)) as container:
        frames = list(container.decode(audio=0))
    samples = np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames])
    return samples.astype(np.float32), frames[0].sample_rate


def likeness(data: bytes, seconds: list[bool]) -> float:
    """Correlation of the loudness of a copy with the pattern, 50 times a second, a lag of 120 ms allowed (codecs)."""
    samples, rate = decoded(data)
    edges = np.arange(samples.size * 50 // rate) * rate // 50
    loudness = np.sqrt(np.add.reduceat(samples**2, edges) * 50 / rate)
    expected = np.repeat(seconds, 50)
    most = min(expected.size, loudness.size) - 6
    return max(float(np.corrcoef(loudness[lag : lag + most], expected[:most])[0, 1]) for lag in range(6))


def spread(data: bytes) -> tuple[float, float]:
    """How quiet the quietest tenth of a copy is, and how loud the loudest, in dBFS."""
    samples, rate = decoded(data)
    edges = np.arange(samples.size * 50 // rate) * rate // 50
    loudness = 20 * np.log10(np.sqrt(np.add.reduceat(samples**2, edges) * 50 / rate) + 1e-6)
    low, high = np.percentile(loudness, (10, 90))
    return float(low), float(high)


def likeness_of_peaks(peaks: list[tuple[int, int]], seconds: list[bool]) -> float:
    """The same for a waveform of ten peaks a second."""
    heights = [highest - lowest for lowest, highest in peaks][: len(seconds) * 10]
    return float(np.corrcoef(heights, np.repeat(seconds, 10)[: len(heights)])[0, 1])


def id3(data: bytes, size: int = 3000) -> bytes:
    """The data behind a tag of this many bytes."""
    return b"ID3\x03\0\0" + bytes([0, 0, size >> 7, size & 0x7F]) + bytes(size) + data


@functools.cache
def mp3() -> bytes:
    """The pattern as MP3 of 64 kbit/s."""
    return encoded(noise(), "mp3", "libmp3lame")


@functools.cache
def m4a(*, index_first: bool = False) -> bytes:
    """The pattern as AAC in an MP4, whose index is behind the sound or in front of it."""
    return encoded(noise(), "ipod", "aac", options={"moov_size": "20000"} if index_first else {})


@functools.cache
def adts() -> bytes:
    """The pattern as a bare row of AAC frames."""
    return encoded(noise(), "adts", "aac")


@functools.cache
def webm() -> bytes:
    """The pattern as Chromium's recorder would write it."""
    return encoded(noise(rate=48_000), "webm", "libopus", rate=48_000)


def film() -> bytes:
    """A second of pictures in an MP4."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream: Any = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        pictures = (av.VideoFrame(64, 48, "yuv420p") for _ in range(10))
        for packet in chain.from_iterable(stream.encode(picture) for picture in chain(pictures, [None])):
            container.mux(packet)
    return file.getvalue()


def wav(samples: Any, *, rate: int = RATE) -> bytes:
    """Samples as PCM of 16 bits."""
    return encoded(samples, "wav", "pcm_s16le", rate=rate)
