"""What a file is, by what it holds and never by its name. Runs in the child process only.

Whatever FFmpeg would make of it, the reader is forced afterwards: a playlist is never followed, a WAV called .mp3 is a
WAV.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from guichet.audio import boxes
from guichet.audio.refused import NotTaken

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

LOOKED_AT: Final = 64 * 1024  # bytes at the beginning, and behind a tag
_FRAMES_IN_A_ROW: Final = 4  # that chance does not produce
_MOST_TAGS: Final = 50


class Kind(StrEnum):
    """What can be decoded; the recorder's own are `WEBM`, and `MP4` with Opus."""

    AAC = "aac"
    MP3 = "mp3"
    MP4 = "mp4"
    WEBM = "webm"
    DSS_SP = "dss-sp"
    DSS_LP = "dss-lp"


_WMA: Final = bytes.fromhex("3026b2758e66cf11")
_EBML: Final = bytes.fromhex("1a45dfa3")
_DOCUMENT: Final = re.compile(rb"\s*(%pdf-|<!doctype|<html|<\?xml|\{\\rtf|pk\x03\x04|\xd0\xcf\x11\xe0)", re.IGNORECASE)
_PLAYLIST: Final = re.compile(rb"\s*(#extm3u|\[playlist\]|ffconcat|<asx|<smil|#ext-x-|<mpd)", re.IGNORECASE)
_OTHER: Final = (b"OggS", b"fLaC", b"#!AMR", b"MThd", b".snd", b"caff", b"MAC ", b"wvpk", b"TTA1", b".RMF")

_DSS_CODEC_AT: Final = 0x2A4
_DSS_HEADER: Final = 1024
_DSS_CODECS: Final = {0: Kind.DSS_SP, 2: Kind.DSS_LP}


def kind_of(source: BinaryIO) -> Kind:
    """What the file is. Raises `NotTaken` with the reason that helps."""
    source.seek(0)
    head = source.read(LOOKED_AT)
    if not head:
        raise NotTaken("audio.empty")
    if head[1:4] in {b"dss", b"ds2", b"enc"} and head[0] < 0x20:
        return _dss(head)
    if boxes.starts_with_box(head):
        return _mp4(source)
    if code := _known_refusal(head):
        raise NotTaken(code)
    if head.startswith(_EBML):
        return Kind.WEBM
    return _frames(source)


def _known_refusal(head: bytes) -> str:
    """The code of what is recognised and not taken; empty if nothing is."""
    if head[:4] in {b"RIFF", b"RF64", b"RIFX", b"FORM"}:
        return "audio.wav" if head[8:12] in {b"WAVE", b"AIFF", b"AIFC"} else "audio.other"
    if head.startswith(_WMA):
        return "audio.wma"
    if head.startswith(_OTHER):
        return "audio.other"
    if _PLAYLIST.match(head):
        return "audio.playlist"
    return "audio.document" if _DOCUMENT.match(head) else ""


def _dss(head: bytes) -> Kind:
    """The first byte is the header's length in blocks and tells the maker; `enc` is protected by a password."""
    if head[1:4] == b"enc":
        raise NotTaken("audio.encrypted")
    if head[1:4] == b"ds2":
        raise NotTaken("audio.ds2")
    if head[0] == 6:
        raise NotTaken("audio.grundig")
    if len(head) <= _DSS_HEADER:
        raise NotTaken("audio.incomplete")
    kind = _DSS_CODECS.get(head[_DSS_CODEC_AT])
    if kind is None or head[0] not in {2, 3}:
        raise NotTaken("audio.dss")
    return kind


def _mp4(source: BinaryIO) -> Kind:
    """An MP4 must have its index (`moov`), before or behind the sound; without it nothing can be read."""
    if not any(box.kind == b"moov" and box.is_whole for box in boxes.top_level(source)):
        raise NotTaken("audio.index")
    return Kind.MP4


def _frames(source: BinaryIO) -> Kind:
    """AAC in ADTS frames or MP3, behind any number of ID3 tags (an .aac with one looks like MP3 to the naive)."""
    data = behind_tags(source)[1]
    for start in range(len(data) - 4):
        if data[start] != 0xFF or data[start + 1] & 0xE0 != 0xE0:
            continue
        for kind, length_of in ((Kind.AAC, adts_length), (Kind.MP3, mp3_length)):
            if _row(data, start, length_of):
                return kind
    raise NotTaken("audio.type")


def _row(data: bytes, place: int, length_of: Callable[[bytes], int]) -> bool:
    """Whether frames of one make follow each other from here; the file's end may cut the row short."""
    first = data[place : place + 2]
    for number in range(_FRAMES_IN_A_ROW):
        if number and place >= len(data) - 4:
            return number > 1
        length = length_of(data[place : place + 8]) if data[place : place + 2] == first else 0
        if not length:
            return False
        place += length
    return True


def behind_tags(source: BinaryIO) -> tuple[int, bytes]:
    """Where the sound begins behind ID3 tags, and the first bytes there. Raises `NotTaken` for tags without end."""
    place = 0
    for _number in range(_MOST_TAGS):
        source.seek(place)
        data = source.read(LOOKED_AT)
        if data[:3] != b"ID3" or len(data) < 10:
            return place, data
        size = 0
        for byte in data[6:10]:
            size = size << 7 | byte & 0x7F
        place += 10 + size + (10 if data[5] & 0x10 else 0)
    raise NotTaken("audio.type")


def adts_length(head: bytes) -> int:
    """Bytes of the AAC frame that begins here; 0 if none does."""
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0 or (head[2] >> 2) & 15 > 12:
        return 0
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return length if length > 7 else 0


_MP3_RATES: Final = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_MP3_KBITS: Final = {
    True: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}


def mp3_length(head: bytes) -> int:
    """Bytes of the MPEG layer III frame that begins here; 0 if none does."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return 0
    version, bits, rate, padding = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version not in _MP3_RATES or not 0 < bits < 15 or rate == 3:
        return 0
    return mp3_samples(head) // 8 * _MP3_KBITS[version == 3][bits - 1] * 1000 // _MP3_RATES[version][rate] + padding


def mp3_samples(head: bytes) -> int:
    """Samples in a frame, which its version tells."""
    return 1152 if head[1] >> 3 & 3 == 3 else 576


def mp3_rate(head: bytes) -> int:
    """Samples per second of a frame that has a length."""
    return _MP3_RATES[head[1] >> 3 & 3][head[2] >> 2 & 3]
