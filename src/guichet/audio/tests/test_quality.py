"""What is wrong with a recording is seen while it can still be repaired."""

import struct

import numpy as np
import pytest
from pydantic import ValidationError

from guichet import audio
from guichet.audio import peaks
from guichet.audio.door import is_index
from guichet.audio.quality import Measured, judge
from guichet.audio.tests.sounds import RATE, encoded
from guichet.audio.tests.test_ingest import ingest


def verdicts(samples):
    made, _copy = ingest(encoded(samples, "adts", "aac", bits=128_000))
    return {check.code: str(check.verdict) for check in made.quality.checks if check.verdict != "ok"}, made.quality


def hum(seconds, level=0.2):
    return (np.random.default_rng(3).uniform(-1, 1, seconds * RATE) * level).astype(np.float32)


@pytest.mark.proves("REC-06")
def test_good_recording_has_nothing_against_it():
    found, quality = verdicts(hum(5))
    assert (found, quality.verdict, quality.marks) == ({}, "ok", ())


@pytest.mark.proves("REC-06")
def test_saturated_recording_is_seen_where_it_is():
    samples = hum(6)
    samples[2 * RATE : 3 * RATE] = np.sign(samples[2 * RATE : 3 * RATE])
    found, quality = verdicts(samples)
    assert found == {"clipping": "bad"}
    clipped = [mark for mark in quality.marks if mark.kind == "clipping"]
    assert (round(clipped[0].from_ms, -2), round(clipped[-1].to_ms, -2)) == (2000, 3000)


@pytest.mark.proves("REC-06")
def test_faint_recording_is_seen():
    assert verdicts(hum(5, 0.004))[0] == {"level": "bad"}


@pytest.mark.proves("REC-06")
def test_long_silence_is_seen_where_it_is():
    samples = np.concatenate([hum(10), hum(65, 0.0003), hum(10)])
    found, quality = verdicts(samples)
    assert found == {"silence": "attention", "longest": "attention"}
    assert [(mark.kind, round(mark.from_ms, -2), round(mark.to_ms, -2)) for mark in quality.marks] == [
        ("silence", 10_000, 75_000)
    ]


@pytest.mark.proves("REC-06")
def test_unplugged_microphone_is_seen():
    found, _quality = verdicts(np.concatenate([hum(10), hum(5, 0)]))
    assert found == {"digital": "attention"}


@pytest.mark.proves("REC-06")
def test_dropouts_are_seen_and_a_gated_dictaphone_has_none():
    cut, gated = hum(10), hum(10)
    for number in range(9):
        cut[(number + 1) * RATE : (number + 1) * RATE + RATE // 4] = 0
    fading = np.linspace(1, 0, RATE // 4, dtype=np.float32) ** 4
    for number in range(9):
        start = number * RATE + RATE // 2
        gated[start : start + RATE // 4] *= fading
        gated[start + RATE // 4 : start + RATE // 2] = 0
    found, quality = verdicts(cut)
    assert (found, len(quality.marks)) == ({"dropouts": "attention"}, 9)
    assert verdicts(gated)[0] == {}


@pytest.mark.parametrize(
    "declared, duration, verdict",
    [(None, 10_000, "ok"), (10_000, 10_900, "ok"), (60_000, 57_000, "attention"), (60_000, 30_000, "bad")],
)
def test_length_is_compared_with_what_was_declared(declared, duration, verdict):
    checks = judge(Measured(duration_ms=duration, declared_ms=declared, level_db=-20, silent_pct=0)).checks
    assert {check.code: check.verdict for check in checks}["length"] == verdict


@pytest.mark.proves("SEC-04")
@pytest.mark.parametrize(
    "said",
    [
        {"duration_ms": 10**12},
        {"level_db": float("nan")},
        {"clipped_ppm": float("inf")},
        {"silent_pct": 101.0},
        {"marks": [("silence", 0, 1)] * 401},
        {"more": 1},
    ],
)
def test_child_that_says_what_cannot_be_is_not_believed(said):
    with pytest.raises(ValidationError):
        Measured.model_validate({"duration_ms": 1} | said)


@pytest.mark.proves("SEC-04", "REC-21")
@pytest.mark.parametrize(
    "lie",
    [
        [[0, 10, 0, 0]],  # a header alone
        [[0, 10, 0, 0], [10, 90, 0, 1], [100, 100, 1, 1]],  # eleven seconds said to be two milliseconds
        [[0, 10, 0, 0], [10, 90, 6000, 6000], [100, 100, 12_000, 5000]],  # a gap in time
        [[0, 10, 0, 0], [20, 80, 0, 6000], [100, 100, 6000, 5000]],  # a gap in bytes
        [[0, 10, 0, 0], [10, 190, 0, 11_000]],  # everything in one piece
        [[0, 10, 0, 0], [10, 90, 0, 6000], [100, 90, 6000, 5000]],  # not all that was written
        [[0, 10, 0, 0], [10, 190, 0, 6000, 1]],
    ],
)
def test_index_of_the_copy_is_checked_and_never_believed(lie):
    assert is_index([[0, 10, 0, 0], [10, 90, 0, 6000], [100, 100, 6000, 5100]], 200, 11_000)
    assert not is_index(lie, 200, 11_000)


def test_quality_is_kept_and_read_again():
    quality = judge(
        Measured(
            duration_ms=3_725_000,
            declared_ms=7_200_000,
            errors=12,
            packets=100_000,
            level_db=-44.5,
            silent_pct=12.5,
            longest_silence_ms=125_000,
            marks=[("silence", 1000, 126_000)],
        )
    )
    assert audio.Quality.from_json(quality.as_json) == quality
    words = audio.quality_words(quality.as_json)
    assert {word.title: (word.value, word.verdict) for word in words} == {
        "Durée": ("1:02:05 (annoncée : 2:00:00)", "bad"),
        "Erreurs de décodage": ("11 pour 100'000 parties du fichier", "attention"),
        "Saturation": ("aucune", "ok"),
        "Niveau sonore": ("\u221244 dB", "attention"),
        "Silence": ("12 % du temps", "ok"),
        "Plus long silence": ("2:05", "attention"),
        "Absence totale de signal": ("jamais", "ok"),
        "Coupures du son": ("aucune", "ok"),
    }
    assert [word.code for word in words if word.advice] == ["length", "errors", "level", "longest"]


@pytest.mark.parametrize("level, said", [(-22.4, "−22 dB"), (6, "+6 dB")])
def test_level_is_said_with_one_sign_also_above_full_scale(level, said):
    quality = judge(Measured(duration_ms=1000, packets=10, level_db=level, silent_pct=0))
    assert [word.value for word in audio.quality_words(quality.as_json) if word.code == "level"] == [said]


def test_recording_that_was_not_checked_has_no_words():
    assert audio.quality_words({}) == []


def test_peaks_are_gathered_into_as_many_stretches_as_wanted():
    kept = peaks.write_peaks(struct.pack("8b", -1, 2, -3, 4, -5, 6, -7, 8))
    assert audio.read_peaks(kept, buckets=2) == [(-3, 4), (-7, 8)]
    assert audio.read_peaks(kept, buckets=3) == [(-1, 2), (-3, 4), (-7, 8)]
    assert audio.read_peaks(kept, buckets=100) == [(-1, 2), (-3, 4), (-5, 6), (-7, 8)]
    assert audio.read_peaks(peaks.write_peaks(b""), buckets=5) == []


@pytest.mark.parametrize("data", [b"", b"GPK1", b"XXXX" + bytes(6), peaks.write_peaks(b"\1\2")[:-1]])
def test_damaged_peaks_are_refused(data):
    with pytest.raises(ValueError, match="no peaks"):
        audio.read_peaks(data, buckets=10)
