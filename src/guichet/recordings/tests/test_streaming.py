"""Keys, signatures and sealed segments of a listening; places and ranges in words."""

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES128
from cryptography.hazmat.primitives.ciphers.modes import CBC

from guichet.recordings import rules, streaming

ONE, SALT = UUID(int=1), b"s" * 16
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def opened(keys, number, data):
    box = Cipher(AES128(keys.sound), CBC(number.to_bytes(16, "big"))).decryptor()
    padded = box.update(data) + box.finalize()
    return padded[: -padded[-1]]


@pytest.mark.proves("REC-20")
def test_segment_is_sealed_for_its_listening_and_its_place():
    keys, others = streaming.keys_of(ONE, SALT), streaming.keys_of(uuid4(), SALT)
    clear = b"six seconds" * 100
    sealed = streaming.sealed(keys, 7, clear)
    assert opened(keys, 7, sealed) == clear
    assert opened(keys, 8, sealed) != clear
    assert opened(others, 7, sealed) != clear
    assert len({keys.sound, others.sound, streaming.keys_of(ONE, b"t" * 16).sound}) == 3


@pytest.mark.proves("REC-20")
def test_signature_holds_for_one_name_of_one_listening():
    keys = streaming.keys_of(ONE, SALT)
    assert keys.signed("3", keys.sign("3"))
    assert not keys.signed("4", keys.sign("3"))
    assert not keys.signed("3", streaming.keys_of(uuid4(), SALT).sign("3"))
    assert [keys.signed("3", wrong) for wrong in ("", "é", keys.sign("3")[:-1])] == [False] * 3


def test_pass_holds_until_its_end_and_not_when_it_is_changed():
    keys = streaming.keys_of(ONE, SALT)
    given = keys.make_pass(NOW + timedelta(minutes=30))
    later = str(int(given.partition("-")[0]) + 60) + "-" + given.partition("-")[2]
    assert keys.pass_holds(given, NOW)
    assert not keys.pass_holds(given, NOW + timedelta(minutes=30))
    assert [keys.pass_holds(wrong, NOW) for wrong in (later, "", "s", "-", "é-é", "99999999999-")] == [False] * 6


def test_playlist_names_every_segment_once_with_its_length():
    keys = streaming.keys_of(ONE, SALT)
    text = streaming.playlist(keys, [[0, 9, 0, 0], [9, 90, 0, 6000], [99, 50, 6000, 2016]], lambda name: f"/x/{name}")
    assert "#EXT-X-TARGETDURATION:6" in text.splitlines()
    assert [line for line in text.splitlines() if line.startswith("#EXTINF")] == ["#EXTINF:6.000,", "#EXTINF:2.016,"]
    assert [line.partition("?")[0] for line in text.splitlines() if line.startswith("/")] == ["/x/1", "/x/2"]


@pytest.mark.proves("REC-21")
def test_ranges_in_words():
    assert rules.in_words([(0, 7970), (2_400_000, 2_404_900)]) == "00:00–00:08, 40:00–40:05"
    assert rules.in_words([(3_725_000, 3_726_000)]) == "1:02:05–1:02:06"
    assert rules.merged([(5, 9), (0, 5), (20, 30), (21, 22)]) == [(0, 9), (20, 30)]


@pytest.mark.proves("REC-21")
def test_what_is_played_lies_within_what_was_served():
    served = [(0, 12_000), (30_000, 36_000)]
    assert rules.within((0, 12_200), served) == (0, 12_000)  # rounding of a browser
    assert rules.within((29_900, 31_000), served) == (30_000, 31_000)
    assert [rules.within(span, served) for span in ((0, 12_400), (10_000, 31_000), (50, 50), (90_000, 95_000))] == [
        None
    ] * 4
    assert rules.within((12_050, 12_200), served) is None  # within the rounding alone: nothing of it was served


def test_merging_keeps_every_millisecond_and_invents_none():
    chance = random.Random(4)
    for _ in range(50):
        spans = [(start, start + chance.randrange(1, 9)) for start in (chance.randrange(60) for _ in range(6))]
        merged = rules.merged(spans)
        assert {n for s, e in merged for n in range(s, e)} == {n for s, e in spans for n in range(s, e)}
        assert all(one[1] < two[0] for one, two in pairwise(merged))


@pytest.mark.proves("REC-13")
@pytest.mark.parametrize(
    ("granted", "last", "end"),
    [
        (date(2026, 1, 15), date(2026, 2, 14), datetime(2026, 2, 14, 23, tzinfo=UTC)),
        (date(2026, 3, 10), date(2026, 4, 9), datetime(2026, 4, 9, 22, tzinfo=UTC)),  # clocks go forward within
        (date(2026, 2, 27), date(2026, 3, 29), datetime(2026, 3, 29, 22, tzinfo=UTC)),  # … on the last day itself
        (date(2026, 9, 25), date(2026, 10, 25), datetime(2026, 10, 25, 23, tzinfo=UTC)),  # back on the last day
    ],
)
def test_thirty_days_end_after_the_last_second_of_the_day_in_zurich(granted, last, end):
    assert rules.last_day(granted) == last
    assert rules.end_of(last) == end
    counted = [rules.days_left(last, last + timedelta(days=days)) for days in (-30, -1, 0, 1)]
    assert counted == [30, 1, 0, 0]


def test_allowance_grows_at_twice_the_speed_of_hearing_up_to_the_buffer():
    assert rules.allowance(0, since=NOW, now=NOW + timedelta(seconds=3)) == 6000
    assert rules.allowance(10, since=NOW, now=NOW + timedelta(hours=3)) == 90_000
    assert rules.allowance(10, since=NOW, now=NOW - timedelta(hours=3)) == 10
