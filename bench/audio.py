"""PERF-06: what taking in a recording costs, beside ffmpeg doing the same work. Run: `python -m bench.audio`.

Subject: `audio.ingest` of MP3 (64 kbit/s, 44.1 kHz, mono), the child's start, the pipe and the parent included.
Yardstick: the ffmpeg command line, AAC of 64 kbit/s into the same fragments, with `astats` and `silencedetect`, one
thread. Processor seconds of all processes, interleaved. Memory: the largest resident set of the child.
"""

from __future__ import annotations

import io
import os
import resource
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Final

import av
import numpy as np

from bench.figures import Figure, paired, tell
from guichet import audio

MINUTES: Final = int(os.environ.get("BENCH_AUDIO_MINUTES", "60"))
ROUNDS: Final = int(os.environ.get("BENCH_AUDIO_ROUNDS", "2"))
SPEECH: Final = Path(__file__).parents[1] / "src/guichet/recordings/demo_data/entretien.mp3"
RATE: Final = 44_100


def main() -> None:
    """Measure and tell."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    with tempfile.TemporaryDirectory(prefix="guichet-bench-") as folder:
        file = Path(folder) / "entretien.mp3"
        _speech(file, MINUTES)
        ingest, peak = _ingest(file), _peak_megabytes(file)
        figures = [Figure(f"child: largest resident set over {MINUTES} min, MB", round(peak, 1), "≤ 80")]
        if shutil.which("ffmpeg"):
            for coder in ((), ("-aac_coder", "fast")):
                ratio, ours, theirs = paired(ROUNDS, ingest, _ffmpeg(file, coder))
                figures.append(
                    Figure(
                        f"ingest ÷ ffmpeg {' '.join(coder)}".strip(),
                        round(ratio, 2),
                        "" if coder else "≤ 1.3",
                        f"{ours:.1f} / {theirs:.1f} s of processor for {MINUTES} min of MP3, medians of {ROUNDS}",
                    )
                )
        tell(figures)


def _speech(file: Path, minutes: int) -> None:
    """The interview of the demo over and over, with the noise of a room."""
    with av.open(str(SPEECH)) as source:
        turned = av.AudioResampler(format="fltp", layout="mono", rate=RATE)
        frames = [out for frame in source.decode(audio=0) for out in turned.resample(frame)]
    voice = np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames])
    dice = np.random.default_rng(1)
    with av.open(str(file), "w") as target:
        stream = target.add_stream("libmp3lame", rate=RATE)
        stream.bit_rate, stream.layout = 64_000, "mono"
        for second in range(minutes * 60):
            samples = np.take(voice, range(second * RATE, (second + 1) * RATE), mode="wrap")
            samples = samples + dice.normal(0, 0.003, RATE).astype(np.float32)
            frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1).astype(np.float32), format="fltp", layout="mono")
            frame.sample_rate, frame.pts = RATE, second * RATE
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))


def _ingest(file: Path):  # noqa: ANN202 - a function without arguments that tells seconds
    def once() -> float:
        before = _spent()
        with file.open("rb") as source:
            made = audio.ingest(source, name=file.name, size=file.stat().st_size, out=io.BytesIO())
        assert isinstance(made, audio.Ingested)
        return _spent() - before

    return once


def _ffmpeg(file: Path, coder: tuple[str, ...]):  # noqa: ANN202
    command = ["ffmpeg", "-v", "error", "-nostats", "-y", "-threads", "1", "-i", str(file)]
    command += ["-af", "astats,silencedetect=n=-60dB:d=1", "-c:a", "aac", *coder, "-b:a", "64k", "-ac", "1"]
    command += ["-movflags", "empty_moov+default_base_moof", "-frag_duration", "6000000", str(file.with_suffix(".mp4"))]

    def once() -> float:
        before = _spent()
        subprocess.run(command, check=True, capture_output=True)
        return _spent() - before

    return once


def _spent() -> float:
    """Processor seconds of this process and of its children that ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _peak_megabytes(file: Path) -> float:
    """The kernel's own high-water mark of the child, asked while it works."""
    marks, done = [0.0], threading.Event()

    def look() -> None:
        while not done.is_set():
            marks.extend(_high_water_marks())
            time.sleep(0.1)

    watcher = threading.Thread(target=look)
    watcher.start()
    _ingest(file)()
    done.set()
    watcher.join()
    return max(marks)


def _high_water_marks() -> list[float]:
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            status = dict(line.split(":", 1) for line in (entry / "status").read_text().splitlines() if ":" in line)
            if int(status["PPid"]) == os.getpid():
                found.append(int(status["VmHWM"].split()[0]) / 1024)
        except (OSError, KeyError):
            continue
    return found


if __name__ == "__main__":
    main()
