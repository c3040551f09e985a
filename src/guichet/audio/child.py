"""The program of the child process: one recording, decoded once, into everything that is made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import av
import av.logging

from guichet.audio.copying import ListeningCopy
from guichet.audio.decoding import Decoder
from guichet.audio.measuring import Meter
from guichet.audio.refused import NotTaken

if TYPE_CHECKING:
    from guichet.sandbox.child import Parent

_NEWS_EVERY_MS: Final = 20_000  # of sound


def warm_up() -> None:
    """Make a little of everything: what is loaded late could not be loaded at all."""
    av.logging.set_level(None)
    frame = av.AudioFrame(format="fltp", layout="mono", samples=1152)
    frame.sample_rate = 44_100
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    meter, copy = Meter(), ListeningCopy(44_100, len)
    meter.add(frame)
    copy.add(frame)
    meter.finish()
    copy.finish()


def answer(question: dict[str, Any], _body: bytes, parent: Parent) -> tuple[dict[str, Any], bytes]:
    """Decode the file; the answer is in the form of `door._Said`, its bytes are the peaks."""
    try:
        return _ingested(question, parent)
    except NotTaken as refused:
        return {"refused": refused.code}, b""


def _ingested(question: dict[str, Any], parent: Parent) -> tuple[dict[str, Any], bytes]:
    source = parent.source(question["size"])
    decoder = Decoder(source, recorder=question["recorder"], how=question["how"])
    meter = Meter()
    copy: ListeningCopy | None = None
    parts_ms, told_ms = [], 0
    for frames in decoder.parts():
        before = meter.duration_ms
        for frame in frames:
            meter.add(frame)
            copy = copy or ListeningCopy(frame.sample_rate, parent.write)
            copy.add(frame)
            if meter.duration_ms >= told_ms + _NEWS_EVERY_MS:
                told_ms = meter.duration_ms
                parent.tell({"bytes": decoder.position})
                if told_ms > question["most_ms"]:
                    raise NotTaken("audio.long")
        parts_ms.append(meter.duration_ms - before)
    if copy is None:
        raise NotTaken("audio.unreadable")
    measured, peaks = meter.finish()
    return {
        "media": decoder.media,
        "measured": {
            **measured,
            "declared_ms": decoder.declared_ms,
            "errors": decoder.errors,
            "packets": decoder.packets,
        },
        "segments": copy.finish(),
        "parts_ms": parts_ms,
    }, peaks
