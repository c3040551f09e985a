"""Dates, times, periods."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.kernel.dates import (
    Period,
    absence,
    format_date,
    format_datetime,
    format_duration,
    format_period,
    format_time,
    hours_in,
    month_end,
    month_start,
    parse_birth_date,
    parse_date,
    parse_period,
    parse_time,
    previous_month,
    zurich_date,
)
from guichet.kernel.findings import Invalid
from guichet.kernel.months import format_date_long, format_month, parse_month
from guichet.kernel.tests.outcomes import outcome

TODAY = date(2026, 11, 22)
days = st.dates(date(1900, 1, 1), date(2100, 12, 31))
languages = st.sampled_from(["fr", "de", "it", "en"])


def code_of(call, *arguments, **options):
    with pytest.raises(Invalid) as refused:
        call(*arguments, **options)
    return refused.value.code


@given(days, languages)
def test_date_round_trip_through_every_display(day, language):
    for shown in (format_date(day), day.isoformat(), format_date_long(day, language), day.strftime("%d%m%Y")):
        assert parse_date(shown, today=TODAY) == day


@given(st.dates(date(1937, 1, 1), date(2036, 12, 31)))
def test_two_digits_of_a_year_mean_the_next_ten_years_or_the_ninety_before(day):
    assert parse_date(f"{day.day}.{day.month}.{day:%y}", today=TODAY) == day


@given(st.dates(date(1927, 1, 1), date(2026, 11, 22)))
def test_two_digits_of_a_year_of_birth_never_lie_ahead(day):
    assert parse_birth_date(f"{day.day}.{day.month}.{day:%y}", today=TODAY) == day


def test_birth_tomorrow_is_refused():
    assert code_of(parse_birth_date, "23.11.2026", today=TODAY) == "date.future"
    assert code_of(parse_birth_date, "23.11.26", today=TODAY) == "date.future"


@given(st.text(max_size=60))
def test_any_text_is_a_date_a_time_a_period_or_refused(text):
    refusals = [
        outcome(parse_date, text, today=TODAY)[1],
        outcome(parse_time, text)[1],
        outcome(parse_period, text, today=TODAY)[1],
    ]
    assert set(refusals) <= {"", "date", "time", "period"}


@given(st.times())
def test_time_round_trip_through_its_display(moment):
    minute = moment.replace(second=0, microsecond=0, tzinfo=None, fold=0)
    assert parse_time(format_time(minute)) == minute
    assert parse_time(f"{minute:%H%M}") == minute


def test_date_in_words_follows_the_language():
    first = date(2026, 3, 1)
    assert [format_date_long(first, language) for language in ("fr", "de", "it", "en", "rm")] == [
        "1er mars 2026",
        "1. März 2026",
        "1° marzo 2026",
        "1 March 2026",
        "1er mars 2026",
    ]
    assert format_date_long(date(2026, 11, 5)) == "5 novembre 2026"
    assert format_month(date(2026, 11, 5), "de") == "November 2026"


def test_moment_is_shown_as_it_was_in_zurich():
    summer = datetime(2026, 7, 31, 22, 5, tzinfo=UTC)
    winter = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert (format_datetime(summer), zurich_date(summer)) == ("01.08.2026 00:05", date(2026, 8, 1))
    assert (format_datetime(winter), zurich_date(winter)) == ("01.01.2027 00:30", date(2027, 1, 1))


def test_absence_is_measured_on_one_day():
    assert absence(time(8, 30), time(14)) == timedelta(hours=5, minutes=30)
    assert format_duration(timedelta(hours=5, minutes=30)) == "5 h 30"
    assert format_duration(timedelta(hours=8, minutes=5)) == "8 h 05"


@pytest.mark.parametrize("end", [time(8, 30), time(8)])
def test_absence_that_ends_before_it_starts_is_refused(end):
    assert code_of(absence, time(8, 30), end) == "absence.end_before_start"


@given(days)
def test_month_contains_its_day(day):
    month = Period.month_of(day)
    assert day in month
    assert (month.start.day, (month.end + timedelta(days=1)).day) == (1, 1)
    assert (month_start(day), month_end(day)) == (month.start, month.end)


def test_previous_month_crosses_the_year():
    assert previous_month(date(2026, 1, 15)) == Period(date(2025, 12, 1), date(2025, 12, 31))


@given(days, st.integers(0, 400))
def test_period_round_trip_through_its_display(start, length):
    end = min(start + timedelta(days=length), date(2100, 12, 31))
    period = Period(start, end)
    assert parse_period(format_period(period), today=TODAY) == period
    assert period.days == (end - start).days + 1


def test_period_knows_its_days_and_months():
    period = Period(date(2025, 11, 15), date(2026, 2, 1))
    assert period.months() == (date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1))
    assert [day in period for day in (date(2025, 11, 14), date(2025, 11, 15), date(2026, 2, 1), date(2026, 2, 2))] == [
        False,
        True,
        True,
        False,
    ]
    assert "2026-01-01" not in period


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(1, 9, False), (1, 10, True), (12, 14, True), (20, 25, True), (21, 25, False), (5, 28, True)],
)
def test_periods_overlap_if_they_share_a_day(start, end, expected):
    period = Period(date(2026, 5, 10), date(2026, 5, 20))
    other = Period(date(2026, 5, start), date(2026, 5, end))
    assert (period.overlaps(other), other.overlaps(period)) == (expected, expected)


@pytest.mark.parametrize(
    "text", ["05.2026", "5.2026", "5/2026", "05 2026", "2026-05", "mai 2026", " Mai  2026 ", "maggio 2026"]
)
def test_a_month_is_read_in_every_usual_spelling(text):
    assert parse_month(text) == date(2026, 5, 1)


@pytest.mark.parametrize(
    "text", ["", "13.2026", "0.2026", "05.26", "2026", "05.1999", "brumaire 2026", "01.05.2026", "٠٥.2026"]
)
def test_what_is_no_month_is_refused(text):
    assert code_of(parse_month, text) == "month.format"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "lu–ve 8–12, 13.30–17"),
        ("de", "Mo–Fr 8–12, 13.30–17"),
        ("it", "lu–ve 8–12, 13.30–17"),
        ("en", "Mon–Fri 8–12, 13.30–17"),
        ("rm", "lu–ve 8–12, 13.30–17"),
    ],
)
def test_opening_hours_name_the_days_in_the_readers_language(language, said):
    assert hours_in("lu–ve 8–12, 13.30–17", language) == said
