"""The log of an interview at its edges: six hours, a hundred days, a minute of clock, what rounding explains."""

from datetime import UTC, datetime, timedelta

import pytest

from guichet.recordings import partlog
from guichet.recordings.partlog import Stretch

pytestmark = pytest.mark.proves("REC-04", "REC-05")

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def checked(*stretches, skew=0):
    """Stretches by seconds before now."""
    said = [Stretch(NOW - start * SECOND, NOW - end * SECOND, "end") for start, end in stretches]
    return partlog.checked(said, device_now=NOW - skew * SECOND, now=NOW)


def starts(found):
    return [(NOW - one.start) // SECOND for one in found]


def test_log_takes_stretches_that_touch_and_none_that_overlap():
    assert starts(checked((60, 40), (40, 20))) == [60, 40]
    with pytest.raises(partlog.WrongLog):
        checked((60, 40), (41, 20))


@pytest.mark.parametrize(
    ("start", "end", "fits"),
    [
        (6 * 3600, 0, True), (6 * 3600 + 1, 0, False),
        (100 * 86_400, 100 * 86_400 - 60, True), (100 * 86_400 + 1, 100 * 86_400 - 60, False),
        (30, -60, True), (30, -61, False),
    ],
)  # fmt: skip
def test_log_has_six_hours_in_the_last_hundred_days_and_a_minute_of_tomorrow(start, end, fits):
    if fits:
        assert starts(checked((start, end))) == [start]
    else:
        with pytest.raises(partlog.WrongLog):
            checked((start, end))


@pytest.mark.parametrize(("skew", "start"), [(60, 600), (61, 539), (-60, 600), (-61, 661)])
def test_log_believes_a_clock_within_a_minute_and_corrects_another(skew, start):
    assert starts(checked((600, 300), skew=skew)) == [start]


@pytest.mark.parametrize(
    ("noted_s", "heard_ms", "missing"),
    [(100, 95_000, 0), (100, 94_999, 5001), (1000, 990_000, 0), (1000, 989_999, 10_001), (100, None, 100_000)],
)
def test_log_misses_what_neither_five_seconds_nor_a_hundredth_explain(noted_s, heard_ms, missing):
    assert partlog.missing_ms([Stretch(NOW, NOW + noted_s * SECOND, "end").as_json], heard_ms) == missing
