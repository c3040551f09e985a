"""Questions about recordings of strangers, answered by a child process. Nothing here parses them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, BinaryIO, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from guichet.audio.quality import Quality
    from guichet.audio.refusals import Refused


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
    wrong with the file then. What `source` and `out` raise is passed on. Takes 30 to 60 s of processor time for an
    hour, and ends by itself however hostile the file is.
    """
    raise NotImplementedError


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
    raise NotImplementedError
