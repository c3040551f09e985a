"""The listening copy: pieces that play by themselves, from the recorder's parts too, and again in another way."""

import contextlib
import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from guichet import audio, sandbox
from guichet.audio import boxes
from guichet.audio.tests import dictaphone, sounds
from guichet.audio.tests.sounds import encoded, m4a, mp3, noise, webm
from guichet.audio.tests.test_ingest import ingest

FRAGMENTED = {"movflags": "empty_moov+default_base_moof", "frag_duration": "1000000"}
RECORDED = {
    "webm-opus": webm,
    "mp4-opus": lambda: encoded(noise(rate=48_000), "mp4", "libopus", rate=48_000, options=FRAGMENTED),
    "mp4-aac": lambda: encoded(noise(), "mp4", "aac", options=FRAGMENTED),
}


def test_copy_is_cut_into_pieces_that_play_with_the_header():
    made, copy = ingest(encoded(noise(20), "mp3", "libmp3lame"))
    header, *pieces = made.segments
    assert (header[0], header[2:]) == (0, [0, 0])
    assert [piece[0] for piece in pieces] == [sum(other[1] for other in made.segments[:n]) for n in range(1, 5)]
    assert [round(piece[2] / 1000) for piece in pieces] == [0, 6, 12, 18]
    for start, length, _from_ms, duration_ms in pieces:
        samples, rate = sounds.decoded(copy[: header[1]] + copy[start : start + length])
        assert abs(samples.size * 1000 / rate - duration_ms) < 50


def test_header_says_how_long_the_copy_is_and_nothing_else_changes():
    made, copy = ingest(encoded(noise(7), "mp3", "libmp3lame"))
    header = copy[: made.segments[0][1]]
    said = audio.with_length(header, 7000)
    rate = sounds.decoded(copy)[1]
    movie, media = (boxes.inside(said, b"moov", *path) for path in ((b"mvhd",), (b"trak", b"mdia", b"mdhd")))
    assert [int.from_bytes(place) for place in (movie[16:20], media[12:16], media[16:20])] == [7000, rate, 7 * rate]
    assert (len(said), sum(a != b for a, b in zip(header, said, strict=True)) <= 12) == (len(header), True)
    assert np.array_equal(sounds.decoded(said + copy[len(said) :])[0], sounds.decoded(copy)[0])
    assert audio.with_length(header[:60], 7000) == header[:60]


@pytest.mark.parametrize("source, rate", [(48_000, 48_000), (32_000, 32_000), (12_000, 22_050)])
def test_copy_keeps_the_rate_where_it_can(source, rate):
    data = encoded(noise(3, rate=source), "adts", "aac", rate=source, bits=source)
    assert sounds.decoded(ingest(data)[1])[1] == rate


@pytest.mark.proves("REC-02")
@pytest.mark.parametrize("media", RECORDED)
def test_recorders_parts_become_one_copy(media):
    """A recorder that was killed leaves no length and no end; after a call it begins a new part in the same file."""
    data = RECORDED[media]()
    cut = data[: len(data) * 2 // 3]
    made, copy = ingest(cut + data, recorder=True)
    assert (made.media, len(made.parts_ms), made.declared_ms) == (media, 2, None)
    assert 8000 < made.parts_ms[0] < 11_000
    assert abs(made.parts_ms[1] - 15_000) < 200
    assert abs(sum(made.parts_ms) - made.duration_ms) < 5
    samples, rate = sounds.decoded(copy)
    behind = samples[samples.size - round(made.parts_ms[1] * rate / 1000) :]
    assert sounds.likeness(sounds.wav(behind, rate=rate), sounds.pattern()) > 0.95


@pytest.mark.proves("REC-04")
def test_recorder_that_writes_its_head_twice_is_read():
    data = RECORDED["mp4-aac"]()
    head = data[: int.from_bytes(data[:4])]
    made, _copy = ingest(head + data, recorder=True)
    assert (head[4:8], made.media, len(made.parts_ms)) == (b"ftyp", "mp4-aac", 1)


@pytest.mark.proves("REC-12")
def test_general_reader_makes_noise_of_pauses_and_the_block_reader_does_not():
    """Why DSS has a reader of its own: nothing else would tell that this recording is lost."""
    paused = dictaphone.standard_play(pauses="compact")
    likeness = {}
    for how in audio.How:
        copy = io.BytesIO()
        made = audio.redecode(io.BytesIO(paused), name="x.dss", size=len(paused), out=copy, how=how)
        assert made.media == "dss-sp"
        likeness[how] = sounds.likeness(copy.getvalue(), sounds.pattern())
    assert min(likeness[audio.How.BLOCKS_11000], likeness[audio.How.BLOCKS_11025]) > 0.9
    assert max(likeness[audio.How.STREAM_11000], likeness[audio.How.STREAM_11025]) < 0.8


@pytest.mark.proves("REC-12")
def test_dss_is_decoded_again_at_another_rate():
    data = dictaphone.standard_play(60)
    lengths = {}
    for how in (audio.How.BLOCKS_11000, audio.How.BLOCKS_11025):
        made = audio.redecode(io.BytesIO(data), name="x.dss", size=len(data), out=io.BytesIO(), how=how)
        lengths[how] = made.duration_ms
    assert list(lengths.values()) == [60_000, 59_864]


def test_progress_goes_up_to_the_end():
    heard = []
    ingest(encoded(noise(70), "mp3", "libmp3lame"), progress=heard.append)
    assert (len(heard), heard == sorted(heard), heard[0] > 0, heard[-1] <= 1) == (3, True, True, True)


def test_failure_of_the_sink_is_passed_on():
    class Full:
        def write(self, data):
            raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        audio.ingest(io.BytesIO(mp3()), name="x", size=len(mp3()), out=Full())


@pytest.mark.proves("SEC-04")
def test_child_that_crashes_is_a_refusal():
    assert audio.ingest(killer(signal.SIGSEGV), name="x", size=len(m4a()), out=io.BytesIO()) == audio.Refused(
        "audio.failed"
    )


@pytest.mark.proves("REC-06")
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_child_that_is_ended_from_outside_says_nothing_of_the_file(sign):
    """The service is stopped while it decodes: the file is good, and another worker goes on with it."""
    with pytest.raises(sandbox.ChildFailed) as failure:
        audio.ingest(killer(sign), name="x", size=len(m4a()), out=io.BytesIO())
    assert failure.value.how == "ended"


def killer(sign):
    class Killer(io.BytesIO):
        def read(self, count=-1):
            os.kill(_child(), sign)
            return super().read(count)

    return Killer(m4a())


def _child():
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # somebody else's process that has just ended
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if parent == os.getpid() and b"guichet.audio.child" in (entry / "cmdline").read_bytes():
                return int(entry.name)
    raise AssertionError("no child")


def test_child_knows_neither_django_nor_the_database():
    look = "import sys, guichet.audio.child; print(sorted({'django', 'pydantic', 'psycopg'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-P", "-c", look], capture_output=True, text=True).stdout == "[]\n"
