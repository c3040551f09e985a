"""What an expert may send is decoded whole, at the right length, and one hears in it what was said; the rest is refused
with the words that help."""

import io
import os
import random
from pathlib import Path

import pytest
from django.utils import translation

from guichet import audio
from guichet.audio import child, refusals
from guichet.audio.tests import dictaphone, sounds
from guichet.audio.tests.sounds import adts, encoded, id3, m4a, mp3, noise

SHARED = Path(os.environ.get("GUICHET_SHARED", "")) / "data" / "recordings"


def ingest(data, *, name="x", **more):
    """What came of it, and the listening copy."""
    copy = io.BytesIO()
    return audio.ingest(io.BytesIO(data), name=name, size=len(data), out=copy, **more), copy.getvalue()


ACCEPTED = {
    "mp3": (mp3, "mp3"),
    "mp3 of variable rate": (lambda: encoded(noise(), "mp3", "libmp3lame", bits=0, q="5"), "mp3"),
    "mp3 that does not say its length": (
        lambda: encoded(noise(rate=22_050), "mp3", "libmp3lame", rate=22_050, bits=32_000, options={"write_xing": "0"}),
        "mp3",
    ),
    "mp3 behind a tag": (lambda: id3(mp3()), "mp3"),
    "aac": (adts, "aac"),
    "aac behind a tag": (lambda: id3(adts()), "aac"),
    "m4a": (m4a, "m4a"),
    "m4a with its index in front": (lambda: m4a(index_first=True), "m4a"),
    "dss": (dictaphone.standard_play, "dss-sp"),
    "dss, header of three blocks": (lambda: dictaphone.standard_play(version=3), "dss-sp"),
    "dss with pauses in compact blocks": (lambda: dictaphone.standard_play(pauses="compact"), "dss-sp"),
    "dss with pauses in empty blocks": (lambda: dictaphone.standard_play(pauses="empty"), "dss-sp"),
    "dss that does not say its length": (lambda: dictaphone.standard_play(declared=None), "dss-sp"),
    "dss, long play": (dictaphone.long_play, "dss-lp"),
}


@pytest.mark.proves("REC-02", "REC-06")
@pytest.mark.parametrize("what", ACCEPTED)
def test_recording_is_accepted_whole_and_audible(what):
    make, media = ACCEPTED[what]
    made, copy = ingest(make())
    slack = 600 if media.startswith("dss") else 200
    assert (made.media, abs(made.duration_ms - 15_000) <= slack) == (media, True)
    assert sounds.likeness(copy, sounds.pattern()) > 0.95
    assert sounds.likeness_of_peaks(audio.read_peaks(made.peaks, buckets=10_000), sounds.pattern()) > 0.9
    assert next(check.verdict for check in made.quality.checks if check.code == "length") == "ok"


def garbled():
    """An MP4 whose index is whole and whose sound is none."""
    sound = m4a().index(b"mdat") + 4
    end = m4a().index(b"moov") - 4
    return m4a()[:sound] + b"\xff" * (end - sound) + m4a()[end:]


REFUSED = {
    "audio.empty": lambda: b"",
    "audio.type": lambda: random.Random(1).randbytes(60_000),
    "audio.document": lambda: b"%PDF-1.7\n" + bytes(3000),
    "audio.playlist": lambda: b"#EXTM3U\nfile:///etc/passwd\n",
    "audio.other": lambda: b"OggS" + bytes(3000),
    "audio.wav": lambda: sounds.wav(noise(2)),
    "audio.wma": lambda: bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + bytes(3000),
    "audio.webm": sounds.webm,
    "audio.video": sounds.film,
    "audio.codec": lambda: encoded(noise(2), "mp4", "libmp3lame"),
    "audio.ds2": lambda: b"\x03ds2" + bytes(3000),
    "audio.encrypted": lambda: b"\x03enc" + bytes(3000),
    "audio.grundig": lambda: b"\x06dss" + bytes(6000),
    "audio.dss": lambda: dictaphone.header(2, 7, 10) + bytes(3000),
    "audio.index": lambda: m4a()[: len(m4a()) // 2],
    "audio.incomplete": lambda: mp3()[: len(mp3()) // 2],
    "audio.silent": lambda: encoded(noise() * 0, "mp3", "libmp3lame"),
    "audio.unreadable": garbled,
}


@pytest.mark.proves("REC-02")
@pytest.mark.parametrize("code", REFUSED)
def test_what_is_no_recording_is_refused(code):
    assert ingest(REFUSED[code](), name="entretien.mp3")[0] == audio.Refused(code)


MORE_REFUSED = {
    "zeros": (lambda: bytes(20_000), "audio.type"),
    "three bytes": (lambda: b"ID3", "audio.type"),
    "a page": (lambda: b"<!doctype html><title>404</title>", "audio.document"),
    "another playlist": (lambda: b"ffconcat version 1.0\nfile /etc/passwd\n", "audio.playlist"),
    "a DSS header alone": (lambda: dictaphone.header(2, 0, 10), "audio.incomplete"),
    "a DSS file cut short": (lambda: dictaphone.standard_play()[:4000], "audio.incomplete"),
    "two million empty tags": (lambda: b"ID3\x03\0\0\0\0\0\0" * 2_000_000, "audio.type"),
    "an m4a cut before its end": (lambda: m4a(index_first=True)[:60_000], "audio.incomplete"),
}


@pytest.mark.proves("REC-02")
@pytest.mark.parametrize("what", MORE_REFUSED)
def test_more_that_is_no_recording_is_refused(what):
    make, code = MORE_REFUSED[what]
    assert ingest(make())[0] == audio.Refused(code)


def test_name_helps_where_the_content_says_nothing():
    assert ingest(bytes(100), name="Entretien.DS2")[0] == audio.Refused("audio.ds2")


def test_file_that_is_too_large_is_not_even_read():
    refused = audio.ingest(io.BytesIO(), name="x", size=audio.MOST_BYTES + 1, out=io.BytesIO())
    assert (refused, refused.status) == (audio.Refused("audio.large"), 413)


class Parent:
    """The asking side, without a process between."""

    def __init__(self, data):
        self.data, self.made, self.news = data, [], []
        self.write, self.tell = self.made.append, self.news.append

    def source(self, size):
        return io.BytesIO(self.data[:size])


@pytest.mark.proves("REC-02")
@pytest.mark.parametrize(("most_ms", "said"), [(60_000, {}), (19_000, {"refused": "audio.long"})])
def test_what_lasts_longer_than_it_may_is_refused_by_what_was_decoded(most_ms, said):
    data = encoded(noise(25, rate=16_000), "mp3", "libmp3lame", rate=16_000, bits=32_000)
    question = {"size": len(data), "recorder": False, "how": "blocks-11000", "most_ms": most_ms}
    answer = child.answer(question, b"", Parent(data))[0]
    assert {name: answer[name] for name in answer if name == "refused"} == said


@pytest.mark.proves("REC-02")
def test_every_code_of_refusal_is_reached_by_a_test():
    reached = {*REFUSED, "audio.large", "audio.long"}
    assert set(refusals.REFUSALS) - reached == {"audio.failed"}  # a child that dies: test_copy


@pytest.mark.proves("REC-02")
@pytest.mark.parametrize("language", ["fr", "de"])
def test_refusals_say_what_to_do_and_never_send_anybody_to_a_converter_online(language):
    with translation.override(language):
        words = {code: audio.Refused(code).text for code in refusals.REFUSALS}
    assert len(set(words.values())) == len(words)
    for code in ("audio.wav", "audio.wma", "audio.ds2", "audio.grundig", "audio.encrypted", "audio.dss"):
        assert "MP3" in words[code]
    online = {"fr": "N'utilisez jamais un convertisseur en ligne.", "de": "Online-Konverter"}[language]
    assert {code for code, text in words.items() if online in text} == {"audio.other", "audio.wav", "audio.wma"}


def test_every_refusal_has_words_and_a_status():
    for code in refusals.REFUSALS:
        assert (len(audio.Refused(code).text) > 40, audio.Refused(code).status in {413, 415, 422}) == (True, True)


_SHARED_REFUSED = {
    "bad/html_renamed.mp3": "audio.document",
    "bad/m3u8_renamed.mp3": "audio.playlist",
    "bad/m4a_moov_missing.m4a": "audio.index",
    "bad/mp3_truncated_mid_frame.mp3": "audio.incomplete",
    "bad/pdf_renamed.mp3": "audio.document",
    "bad/random_bytes.mp3": "audio.type",
    "bad/silence20s.mp3": "audio.silent",
    "bad/wav_renamed.mp3": "audio.wav",
    "bad/zeros.mp3": "audio.type",
    "exiftool_Olympus.dss": "audio.incomplete",
    "hirparak_grundig_sample.dss": "audio.grundig",
    "hirparak_grundig_sample_16k.wav": "audio.wav",
    "synth_sp_header_only.dss": "audio.incomplete",
    "synth_sp_truncated.dss": "audio.incomplete",
    "tinytag/8khz_5s.opus": "audio.other",
    "tinytag/cbr.mp3": "audio.silent",
    "tinytag/classical.m4a": "audio.silent",
    "tinytag/empty_file.m4a": "audio.empty",
    "tinytag/id3_broken_frame_size.mp3": "audio.silent",
    "tinytag/incomplete.mp3": "audio.type",
    "tinytag/invalid_file.m4a": "audio.type",
    "tinytag/invalid_file_larger.mp3": "audio.type",
    "tinytag/mp3_audio.m4a": "audio.codec",
    "tinytag/mp4_extended_size.m4a": "audio.unreadable",
    "tinytag/mp4_extended_size_truncated.m4a": "audio.index",
    "tinytag/mp4_invalid_size_zero.m4a": "audio.index",
    "tinytag/mpeg1_44_1khz_cbr.mp3": "audio.silent",
    "tinytag/mpeg1_44_1khz_vbr.mp3": "audio.silent",
}
_SHARED_ACCEPTED = {
    "synth_lp_speech.dss": 30_000,
    "synth_sp_pauses_compact.dss": 61_440,
    "synth_sp_v2.dss": 60_000,
    "synth_sp_v3.dss": 60_000,
}


_HERE = pytest.mark.skipif(not SHARED.is_dir(), reason="the collection of foreign files is not here (GUICHET_SHARED)")


@_HERE
def test_no_foreign_file_is_left_out():
    found = {str(path.relative_to(SHARED)) for path in SHARED.rglob("*.*") if path.suffix != ".md"}
    assert found == {*_SHARED_REFUSED, *_SHARED_ACCEPTED}


@_HERE
@pytest.mark.proves("REC-02")
@pytest.mark.parametrize("name", [*_SHARED_REFUSED, *_SHARED_ACCEPTED])
def test_foreign_files_are_told_apart(name):
    made, copy = ingest((SHARED / name).read_bytes(), name=name)
    if name in _SHARED_REFUSED:
        assert made == audio.Refused(_SHARED_REFUSED[name])
        return
    assert abs(made.duration_ms - _SHARED_ACCEPTED[name]) <= 600
    if "_sp_" in name:
        assert sounds.likeness(copy, [second % 2 == 0 for second in range(60)]) > 0.95
    else:  # speech: loud and quiet by turns, which neither silence nor noise is
        low, high = sounds.spread(copy)
        assert (low < -60, high > -30) == (True, True)


def test_file_that_was_tampered_with_is_decoded_or_refused():
    dice = random.Random(7)
    for whole in (mp3()[:40_000], m4a(), dictaphone.standard_play(pauses="empty"), adts()[:40_000]):
        data = bytearray(whole)
        for _ in range(200):
            data[dice.randrange(len(data))] = dice.randrange(256)
        made, _copy = ingest(bytes(data))
        assert isinstance(made, audio.Ingested | audio.Refused)
