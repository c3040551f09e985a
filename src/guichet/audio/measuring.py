"""Peaks and checks, from the very samples that become the listening copy. Runs in the child process only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from guichet.audio.peaks import FULL_SCALE, PER_SECOND

if TYPE_CHECKING:
    import av

WINDOWS: Final = 50  # per second: what the checks see
_PER_PEAK: Final = WINDOWS // PER_SECOND
_WINDOW_MS: Final = 1000 // WINDOWS
_FULL: Final = 0.999  # of full scale: such a sample is clipped
_QUIETEST: Final = 1e-9  # -180 dBFS
_SILENT_DB: Final = -60.0
_DEAD: Final = 2e-4  # lowest to highest sample: no microphone is that still, only a cut or an unplugged one
_LOUD_DB: Final = -35.0  # beside a cut
_SHORTEST_CUT: Final = 3  # windows
_LONGEST_CUT: Final = 100  # … longer, nothing was connected
_MARKED_SILENCE: Final = 30 * WINDOWS
_MOST_MARKS: Final = 100  # of each kind
_INTEGERS: Final = {"s16": 1 / 32768, "s16p": 1 / 32768, "s32": 1 / 2147483648, "s32p": 1 / 2147483648}


class Meter:
    """Takes decoded frames; memory grows by a few bytes for each fiftieth of a second."""

    def __init__(self) -> None:
        self._rate = 0
        self._held: list[Any] = []
        self._count = 0
        self._ms = 0.0
        self._clipped = 0
        self._total = 0
        self._peaks = bytearray()
        self._levels = bytearray()  # of each window, hundredths of a decibel below full scale, 16 bits
        self._dead = bytearray()  # whether it has no sound at all
        self._full = bytearray()  # whether it is clipped

    @property
    def duration_ms(self) -> int:
        """Of all frames so far."""
        return round(self._ms + self._count * 1000 / max(self._rate, 1))

    def add(self, frame: av.AudioFrame) -> None:
        """One frame more."""
        if frame.sample_rate != self._rate:
            self._measure_held()
            self._rate = frame.sample_rate
        samples = _mono(frame)
        self._held.append(samples)
        self._count += samples.size
        if self._count >= self._rate:
            self._measure_held(whole_seconds=True)

    def finish(self) -> tuple[dict[str, Any], bytes]:
        """What was measured, in the form of `quality.Measured`, and the pairs of peaks."""
        self._measure_held()
        if not self._levels:
            return {"duration_ms": 0}, b""
        levels = np.frombuffer(self._levels, np.int16).astype(np.float32) / 100
        dead, full = np.frombuffer(self._dead, np.bool_), np.frombuffer(self._full, np.bool_)
        silent = levels < _SILENT_DB
        silences, cuts = _runs(silent), _cuts(dead, levels)
        unplugged = sum(end - start for start, end in _runs(dead) if end - start >= _LONGEST_CUT)
        heard = levels[~silent]
        return {
            "duration_ms": self.duration_ms,
            "clipped_ppm": round(self._clipped * 1e6 / max(self._total, 1), 1),
            "level_db": round(float(np.sort(heard)[heard.size // 2]), 1) if heard.size else -180.0,
            "silent_pct": round(float(silent.mean() * 100), 2),
            "longest_silence_ms": max((end - start for start, end in silences), default=0) * _WINDOW_MS,
            "digital_pct": round(unplugged * 100 / dead.size, 2),
            "dropouts": len(cuts),
            "marks": [
                *_marks("silence", [(start, end) for start, end in silences if end - start >= _MARKED_SILENCE]),
                *_marks("clipping", _runs(full)),
                *_marks("dropout", cuts),
            ],
        }, bytes(self._peaks)

    def _measure_held(self, *, whole_seconds: bool = False) -> None:
        if not self._count:
            return
        samples = np.concatenate(self._held)
        used = samples.size // self._rate * self._rate if whole_seconds else samples.size
        for start in range(0, used, self._rate):
            self._measure(samples[start : min(start + self._rate, used)])
        self._held = [samples[used:]] if used < samples.size else []
        self._count = samples.size - used

    def _measure(self, samples: Any) -> None:
        """At most a second: lowest, highest and energy of each window."""
        windows = max(1, round(samples.size * WINDOWS / self._rate))
        edges = np.arange(windows) * samples.size // windows
        lowest, highest = np.minimum.reduceat(samples, edges), np.maximum.reduceat(samples, edges)
        energy = np.add.reduceat(samples * samples, edges) / np.diff(edges, append=samples.size)
        self._levels += np.rint(1000 * np.log10(np.maximum(energy, _QUIETEST**2))).astype(np.int16).tobytes()
        self._dead += (highest - lowest < _DEAD).tobytes()
        full = np.maximum(highest, -lowest) >= _FULL
        self._full += full.tobytes()
        if full.any():
            self._clipped += int(np.count_nonzero(np.abs(samples) >= _FULL))
        self._total += samples.size
        self._ms += samples.size * 1000 / self._rate
        self._peaks += _pairs(lowest, highest)


def _mono(frame: av.AudioFrame) -> Any:
    """The frame's samples, all channels in one, full scale at 1."""
    samples = frame.to_ndarray()
    channels = frame.layout.nb_channels
    if channels > 1:
        samples = samples.mean(axis=0) if frame.format.is_planar else samples.reshape(-1, channels).mean(axis=1)
    samples = samples.reshape(-1)
    factor = _INTEGERS.get(frame.format.name)
    return samples.astype(np.float32, copy=False) if factor is None else samples.astype(np.float32) * factor


def _pairs(lowest: Any, highest: Any) -> bytes:
    edges = np.arange(0, lowest.size, _PER_PEAK)
    pairs = np.stack((np.minimum.reduceat(lowest, edges), np.maximum.reduceat(highest, edges)), axis=1)
    whole: bytes = np.clip(np.rint(pairs * FULL_SCALE), -FULL_SCALE, FULL_SCALE).astype(np.int8).tobytes()
    return whole


def _runs(flags: Any) -> list[tuple[int, int]]:
    """Stretches of windows that are flagged: (first, behind the last)."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _cuts(dead: Any, levels: Any) -> list[tuple[int, int]]:
    """Where sound breaks off, is not there at all, and comes back at once.

    A dictaphone that records nothing between words (voice activation) has many such stretches, most of them after a
    word has died away; there, none is a cut.
    """
    loud = levels >= _LOUD_DB
    short = [run for run in _runs(dead) if _SHORTEST_CUT <= run[1] - run[0] < _LONGEST_CUT]
    cuts = [(start, end) for start, end in short if loud[max(0, start - 2) : start].any() and loud[end : end + 2].any()]
    return cuts if 2 * len(cuts) > len(short) else []


def _marks(kind: str, stretches: list[tuple[int, int]]) -> list[tuple[str, int, int]]:
    """The longest of them, in the order of time."""
    longest = sorted(sorted(stretches, key=lambda one: one[0] - one[1])[:_MOST_MARKS])
    return [(kind, start * _WINDOW_MS, end * _WINDOW_MS) for start, end in longest]
