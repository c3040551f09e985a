"""Sound out of files: one stream of decoded frames, whatever they came in. Runs in the child process only."""

from __future__ import annotations

import io
import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import av
import av.error

from guichet.audio import declared, dss
from guichet.audio.refused import NotTaken
from guichet.audio.sniff import Kind, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import BinaryIO

    from _typeshed import WriteableBuffer

_READERS: Final = {Kind.AAC: "aac", Kind.MP3: "mp3", Kind.MP4: "mov", Kind.WEBM: "matroska"}
_CODECS: Final = {"aac": "aac", "mp3": "mp3", "mp3float": "mp3", "opus": "opus", "libopus": "opus"}
_UPLOADED: Final = {(Kind.AAC, "aac"): "aac", (Kind.MP3, "mp3"): "mp3", (Kind.MP4, "aac"): "m4a"}
_RECORDED: Final = {
    (Kind.WEBM, "opus"): "webm-opus",
    (Kind.MP4, "opus"): "mp4-opus",
    (Kind.MP4, "aac"): "mp4-aac",
}
_HEADS: Final = {
    Kind.WEBM: re.compile(rb"\x1a\x45\xdf\xa3(?=.{1,56}webm)", re.DOTALL),
    Kind.MP4: re.compile(rb"\0\0\0[\x10-\x40](?=ftyp[ -~]{4})"),
}
_LONGEST_HEAD: Final = 64  # bytes in which a head is recognised
_SEARCHED: Final = 1024 * 1024


class Decoder:
    """A file and what is in it; iterating decodes it once."""

    def __init__(self, source: BinaryIO, *, recorder: bool = False, how: str = "") -> None:
        self._source = source
        self._recorder = recorder
        self._how = how
        self.kind = kind_of(source)
        if self.kind is Kind.WEBM and not recorder:
            raise NotTaken("audio.webm")
        self.media = str(self.kind)
        self.declared_ms = declared.of(source, self.kind)
        self.packets = 0
        self.errors = 0

    def parts(self) -> Iterator[Iterator[av.AudioFrame]]:
        """The parts of the file, one after the other, each as its frames; more than one only from the recorder."""
        if self.kind in {Kind.DSS_SP, Kind.DSS_LP}:
            yield self._dictated()
        elif self._recorder:
            for start, end in recorded_parts(self._source, self.kind):
                yield self._opened(io.BufferedReader(_Slice(self._source, start, end)), _READERS[self.kind])
        else:
            yield self._opened(self._source, _READERS[self.kind])

    @property
    def position(self) -> int:
        """Bytes of the source read so far, about."""
        return self._source.tell()

    def _opened(self, source: BinaryIO, reader: str) -> Iterator[av.AudioFrame]:
        source.seek(0)
        try:
            container = av.open(source, format=reader, metadata_errors="replace")
        except av.error.FFmpegError:
            raise NotTaken("audio.unreadable") from None
        with container:
            stream = self._stream(container)
            yield from self._decoded(container, stream)

    def _stream(self, container: Any) -> Any:
        """The sound of a container that has nothing but sound (and a cover picture), in a codec that is taken."""
        if any(not stream.disposition & av.stream.Disposition.attached_pic for stream in container.streams.video):
            raise NotTaken("audio.video")
        if not container.streams.audio:
            raise NotTaken("audio.unreadable")
        stream = container.streams.audio[0]
        taken = _RECORDED if self._recorder else _UPLOADED
        media = taken.get((self.kind, _CODECS.get(stream.codec_context.name, "")))
        if media is None:
            raise NotTaken("audio.codec")
        self.media = media
        if self.kind is Kind.MP4 and (stream.duration or 0) > 0 and not self._recorder:
            self.declared_ms = int(stream.duration * stream.time_base * 1000)
        return stream

    def _decoded(self, container: Any, stream: Any) -> Iterator[av.AudioFrame]:
        for packet in self._demuxed(container, stream):
            yield from self._frames_of(packet.decode)

    def _demuxed(self, container: Any, stream: Any) -> Iterator[Any]:
        try:
            yield from container.demux(stream)
        except EOFError:
            return
        except av.error.FFmpegError:
            self.errors += 1

    def _dictated(self) -> Iterator[av.AudioFrame]:
        frames = dss.Frames(self._source)
        packets: Iterable[bytes] = frames.run_on() if self._how.startswith("stream") else frames
        name, rate = "dss_sp", 11_025 if self._how.endswith("11025") else dss.RATE
        if self.kind is Kind.DSS_LP:
            packets, name, rate = dss.long_play(self._source), "g723_1", 8000
        codec: Any = av.CodecContext.create(name, "r")
        codec.sample_rate, codec.layout = rate, "mono"
        for data in packets:
            for frame in self._frames_of(partial(codec.decode, av.Packet(data))):
                frame.sample_rate = rate
                yield frame
        self.errors += frames.damaged

    def _frames_of(self, decode: Callable[[], list[Any]]) -> list[Any]:
        """What a packet holds; a damaged one holds nothing and is counted."""
        self.packets += 1
        try:
            return decode()
        except av.error.FFmpegError:
            self.errors += 1
            return []


def recorded_parts(source: BinaryIO, kind: Kind) -> list[tuple[int, int]]:
    """Where the recorder began anew, after a call or a restart: (first byte, byte behind the last) of each part.

    A part that broke off has a last box longer than the file: heads are looked for, not counted up to. A head with
    nothing behind it is no part: WebKit under Linux writes the first one twice.
    """
    size = source.seek(0, io.SEEK_END)
    starts = [0, *(start for start in _heads(source, _HEADS[kind]) if start)]
    parts = list(zip(starts, [*starts[1:], size], strict=True))
    return [(start, end) for start, end in parts if end - start > _LONGEST_HEAD] or parts


def _heads(source: BinaryIO, head: re.Pattern[bytes]) -> Iterator[int]:
    source.seek(0)
    place, held = 0, b""
    while data := source.read(_SEARCHED):
        held += data
        seen = max(0, len(held) - (_LONGEST_HEAD if len(data) == _SEARCHED else 0))
        for found in head.finditer(held):
            if found.start() < seen:
                yield place + found.start()
        place, held = place + seen, held[seen:]


class _Slice(io.RawIOBase):
    """A stretch of a file, as a file."""

    def __init__(self, source: BinaryIO, start: int, end: int) -> None:
        super().__init__()
        self._source, self._start, self._end = source, start, end
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._end - self._start}[whence]
        self._place = max(0, base + offset)
        return self._place

    def readinto(self, buffer: WriteableBuffer) -> int:
        target = memoryview(buffer).cast("B")
        self._source.seek(self._start + self._place)
        data = self._source.read(max(0, min(len(target), self._end - self._start - self._place)))
        target[: len(data)] = data
        self._place += len(data)
        return len(data)
