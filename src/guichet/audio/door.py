"""Questions about recordings of strangers, answered by a child process. Nothing here parses them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from guichet import sandbox
from guichet.audio.peaks import write_peaks
from guichet.audio.quality import Measured, Quality, is_incomplete, judge
from guichet.audio.refusals import MOST_BYTES, MOST_SECONDS, REFUSALS, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger(__name__)

_MEMORY_BYTES: Final = 160 * 1024 * 1024  # beyond what the loaded program takes
_MOST_COPY: Final = 400 * 1024 * 1024  # bytes; six hours at 64 kbit/s are 180 MB
_CPU_SECONDS: Final = 60
_CPU_SECONDS_PER_MB: Final = 20  # the slowest, MP3 at 8 kbit/s, takes about 11
_MOST_CPU_SECONDS: Final = 3600
_WALL_FACTOR: Final = 4  # on a busy machine processor time takes longer
_SILENT_SECONDS: Final = 120.0
_AUDIBLE_MS: Final = 1000
_COPY_SLACK_MS: Final = 2000  # what encoders add at both ends
_LONGEST_PIECE_MS: Final = 10_000  # six seconds, and the encoder's last frame
_BY_NAME: Final = {".ds2": "audio.ds2", ".wma": "audio.wma", ".wav": "audio.wav", ".amr": "audio.other"}
_FAILED: Final = {"parser": "audio.unreadable", "memory": "audio.unreadable"}


class Sink(Protocol):
    """Where the listening copy goes, in order, from its first byte to its last."""

    def write(self, data: bytes, /) -> object: ...


class How(StrEnum):
    """Ways to decode a DSS file again (REC-12)."""

    BLOCKS_11000 = "blocks-11000"  # our block reader at the true rate: what `ingest` does
    BLOCKS_11025 = "blocks-11025"  # … at the rate most programs assume: 0.23 % faster
    STREAM_11000 = "stream-11000"  # the general reader, for files whose blocks are damaged
    STREAM_11025 = "stream-11025"


@dataclass(frozen=True, kw_only=True)
class Ingested:
    """A recording that was decoded whole; its listening copy (AAC in fragmented MP4) was written to the sink."""

    media: str  # aac, m4a, mp3, dss-sp, dss-lp; from the recorder webm-opus, mp4-opus, mp4-aac
    duration_ms: int  # decoded
    declared_ms: int | None
    segments: list[list[int]]  # of the copy: [[byte, length, start ms, duration ms], …]; the first is the header
    peaks: bytes  # see `read_peaks`
    quality: Quality
    parts_ms: tuple[int, ...]  # length of each part; more than one only from the recorder


def ingest(
    source: BinaryIO,
    *,
    name: str,
    size: int,
    out: Sink,
    recorder: bool = False,
    progress: Callable[[float], object] | None = None,
) -> Ingested | Refused:
    """Decode the whole recording once: listening copy, waveform and checks come out of the same pass.

    `source` is seekable and `size` bytes long, e.g. `storage.open_object(…)`; the format is told by its content, never
    by `name`. `recorder=True` also takes what the recorder makes (WebM or MP4 with Opus or AAC, unfinished files, and
    several parts one after the other in the same file, which become one copy). `progress` hears fractions from 0 to 1.
    If the recording is refused, what was written to `out` is to be thrown away.

    Raises `sandbox.Unlocked` if this kernel offers no lock and `GUICHET_ALLOW_UNSANDBOXED` is not set: nothing is
    wrong with the file then; nor with `sandbox.ChildFailed`, where somebody ended the child from outside. What `source`
    and `out` raise is passed on. Takes 30 to 60 s of processor time for an hour, and ends by itself however hostile the
    file is.
    """
    return _decoded(source, name=name, size=size, out=out, progress=progress, recorder=recorder)


def redecode(
    source: BinaryIO,
    *,
    name: str,
    size: int,
    out: Sink,
    how: How,
    progress: Callable[[float], object] | None = None,
) -> Ingested | Refused:
    """As `ingest`, for a DSS file that sounds bad: another reader or another rate (REC-12)."""
    return _decoded(source, name=name, size=size, out=out, progress=progress, how=how)


class _Said(BaseModel):
    """The form a child's answer must have."""

    model_config = ConfigDict(extra="forbid", strict=True)

    refused: str = ""
    media: str = Field(default="", max_length=20)
    measured: Measured = Measured(duration_ms=0)
    segments: list[list[int]] = []
    parts_ms: list[int] = []


class _Counted:
    """The sink, with a memory of how much it took."""

    def __init__(self, out: Sink) -> None:
        self._out = out
        self.count = 0

    def write(self, data: bytes) -> None:
        self._out.write(data)
        self.count += len(data)


def _decoded(
    source: BinaryIO,
    *,
    name: str,
    size: int,
    out: Sink,
    progress: Callable[[float], object] | None,
    recorder: bool = False,
    how: How = How.BLOCKS_11000,
) -> Ingested | Refused:
    if not 0 < size <= MOST_BYTES:
        return Refused("audio.large" if size else "audio.empty")
    copy = _Counted(out)
    try:
        answer = sandbox.run(
            "guichet.audio.child",
            {"size": size, "recorder": recorder, "how": str(how), "most_ms": MOST_SECONDS * 1000},
            limits=_limits(size),
            source=source,
            sink=copy.write,
            heard=lambda news: _tell(progress, news, size),
            allow_unlocked=settings.ALLOW_UNSANDBOXED,
        )
        said = _Said.model_validate(answer.said)
    except sandbox.ChildFailed as failure:
        if failure.how == "ended":
            raise
        _log.warning("a recording of %d bytes could not be decoded: %s", size, failure)
        return Refused(_FAILED.get(failure.how, "audio.failed"))
    except ValidationError as failure:
        _log.warning("a recording of %d bytes gave a strange answer: %s", size, failure.error_count())
        return Refused("audio.failed")
    if code := said.refused or _refusal(said):
        return Refused(_known(code, name))
    return _believed(said, answer.made, written=copy.count)


def _believed(said: _Said, pairs: bytes, *, written: int) -> Ingested | Refused:
    """What was made, if it can be; the child is not trusted."""
    if not is_index(said.segments, written, said.measured.duration_ms) or len(pairs) % 2:
        return Refused("audio.failed")
    return Ingested(
        media=said.media,
        duration_ms=said.measured.duration_ms,
        declared_ms=said.measured.declared_ms,
        segments=said.segments,
        peaks=write_peaks(pairs),
        quality=judge(said.measured),
        parts_ms=tuple(said.parts_ms),
    )


def _known(code: str, name: str) -> str:
    """A code we have words for; of what is nothing at all the name may still tell how to go on."""
    if code == "audio.type":
        return next((better for ending, better in _BY_NAME.items() if name.lower().endswith(ending)), code)
    return code if code in REFUSALS else "audio.failed"


def _limits(size: int) -> sandbox.Limits:
    cpu = min(_MOST_CPU_SECONDS, _CPU_SECONDS + size * _CPU_SECONDS_PER_MB // 1_000_000)
    return sandbox.Limits(
        memory_bytes=_MEMORY_BYTES,
        cpu_seconds=cpu,
        wall_seconds=float(cpu * _WALL_FACTOR),
        silent_seconds=_SILENT_SECONDS,
        most_written=_MOST_COPY,
    )


def _tell(progress: Callable[[float], object] | None, news: dict[str, object], size: int) -> None:
    place = news.get("bytes")
    if progress is not None and isinstance(place, int):
        progress(min(1.0, max(0.0, place / size)))


def _refusal(said: _Said) -> str:
    """The code of what was decoded and is still no recording; empty if it is one."""
    measured = said.measured
    if not measured.duration_ms:
        return "audio.unreadable"
    if is_incomplete(measured, said.media):
        return "audio.incomplete"
    audible = measured.duration_ms * (1 - measured.silent_pct / 100)
    return "audio.silent" if audible < min(_AUDIBLE_MS, measured.duration_ms / 2) else ""


def is_index(segments: list[list[int]], written: int, duration_ms: int) -> bool:
    """Whether the pieces follow each other in bytes and in time, are all that was written, and as long as the sound.

    The pace of listening is reckoned by these times: who could make them short could have a recording at once.
    """
    place = moment = 0
    for piece in segments:
        if len(piece) != 4 or min(piece) < 0 or piece[0] != place or piece[2] != moment:
            return False
        place, moment = place + piece[1], moment + piece[3]
    whole = place == written and abs(moment - duration_ms) <= _COPY_SLACK_MS
    return whole and len(segments) > 1 and max(piece[3] for piece in segments) <= _LONGEST_PIECE_MS
