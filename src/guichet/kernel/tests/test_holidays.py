"""Working days by canton."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guichet.kernel.cantons import CANTONS
from guichet.kernel.findings import Invalid
from guichet.kernel.holidays import add_working_days, is_working_day, public_holidays, working_days_between


def test_holidays_differ_by_canton():
    saint_joseph, berchtold = date(2026, 3, 19), date(2026, 1, 2)
    assert (is_working_day(saint_joseph, "VS"), is_working_day(saint_joseph, "BE")) == (False, True)
    assert (is_working_day(berchtold, "VS"), is_working_day(berchtold, "BE")) == (True, False)


@pytest.mark.parametrize("canton", sorted(CANTONS))
def test_national_day_is_a_holiday_everywhere(canton):
    assert date(2026, 8, 1) in public_holidays(canton, 2026)


def test_liechtenstein_has_its_own_national_day():
    assert date(2026, 8, 15) in public_holidays("FL", 2026)


def test_unknown_canton_is_refused():
    with pytest.raises(Invalid, match=r"^canton\.format$"):
        public_holidays("XX", 2026)


def test_weekend_does_not_count():
    friday, monday = date(2026, 11, 20), date(2026, 11, 23)
    assert (working_days_between(friday, monday, "VS"), working_days_between(monday, friday, "VS")) == (1, 0)
    assert add_working_days(friday, 1, "VS") == monday


def test_holiday_does_not_count():
    assert working_days_between(date(2026, 12, 24), date(2026, 12, 28), "BE") == 1
    assert add_working_days(date(2026, 12, 24), 1, "BE") == date(2026, 12, 28)


@settings(deadline=None, max_examples=50)
@given(st.dates(date(2024, 1, 1), date(2027, 12, 31)), st.integers(0, 40), st.sampled_from(["VS", "BE", "FL"]))
def test_adding_and_counting_working_days_agree(start, count, canton):
    end = add_working_days(start, count, canton)
    assert working_days_between(start, end, canton) == count
    assert count == 0 or is_working_day(end, canton)
    assert end - start >= timedelta(days=count)
