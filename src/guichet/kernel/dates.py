"""Swiss dates, times and periods. No clock here: whoever asks says what day it is."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from guichet.kernel.findings import Invalid
from guichet.kernel.months import month_number
from guichet.kernel.spelling import simplified

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2100
YEARS_AHEAD: Final = 10

_DAY_FIRST: Final = re.compile(r"^([0-9]{1,2}) ?([./-]) ?([0-9]{1,2}) ?\2 ?([0-9]{4}|[0-9]{2})$")
_SPACED: Final = re.compile(r"^([0-9]{1,2})( )([0-9]{1,2}) ([0-9]{4}|[0-9]{2})$")
_YEAR_FIRST: Final = re.compile(r"^([0-9]{4})([./-])([0-9]{1,2})\2([0-9]{1,2})$")
_BARE: Final = re.compile(r"^([0-9]{2})([0-9]{2})([0-9]{4}|[0-9]{2})$")
_WORDS: Final = re.compile(r"^([0-9]{1,2})(?:er|°|º|\.)? ?([A-Za-zéûäÉÛÄ]{3,9})\.? ([0-9]{4})$")
_TIME: Final = re.compile(r"^([0-9]{1,2})(?: ?[:.hH] ?([0-9]{2})?)?(?: ?(?:[hH]|Uhr|uhr))?$")
_BARE_TIME: Final = re.compile(r"^([0-9]{1,2})([0-9]{2})$")
_PERIOD: Final = re.compile(r"^(.+?)(?: - | au | bis | al | to )(.+)$")


def parse_date(text: str, *, today: date, ahead: int = YEARS_AHEAD) -> date:
    """A date as people write it: 05.11.2026, 5.11.26, 05/11/2026, 05112026, 2026-11-05, 5 novembre 2026.

    Day before month, always. Two digits of a year mean the year between `today.year + ahead - 99` and
    `today.year + ahead`; with ahead=0 (dates of birth) never a year to come. Raises Invalid: date.missing,
    date.format, date.unknown_day (31.02.), date.out_of_range (1900 to 2100).
    """
    day, month, year = _numbers(simplified(text, "date"))
    full_year = int(year)
    if len(year) == 2:
        latest = today.year + ahead
        full_year = latest - (latest - full_year) % 100
    if not FIRST_YEAR <= full_year <= LAST_YEAR:
        raise Invalid("date.out_of_range", first=FIRST_YEAR, last=LAST_YEAR)
    try:
        return date(full_year, month, day)
    except ValueError:
        raise Invalid("date.unknown_day", day=f"{day:02}.{month:02}.{full_year}") from None


def _numbers(plain: str) -> tuple[int, int, str]:
    """Day, month, and the year as it was written."""
    if found := _DAY_FIRST.match(plain) or _SPACED.match(plain):
        return int(found[1]), int(found[3]), found[4]
    if found := _YEAR_FIRST.match(plain):
        return int(found[4]), int(found[3]), found[1]
    if found := _BARE.match(plain):
        return int(found[1]), int(found[2]), found[3]
    if (found := _WORDS.match(plain)) and (month := month_number(found[2])):
        return int(found[1]), month, found[3]
    raise Invalid("date.format")


def parse_birth_date(text: str, *, today: date) -> date:
    """A date of birth: two-digit years lie in the past. Raises Invalid like `parse_date`, and date.future."""
    return not_after(parse_date(text, today=today, ahead=0), today)


def not_after(day: date, today: date) -> date:
    """The day itself. Raises Invalid date.future if it is yet to come."""
    if day > today:
        raise Invalid("date.future", day=format_date(day))
    return day


def format_date(day: date) -> str:
    """Day, month, year with leading zeros: 05.11.2026."""
    return f"{day:%d.%m.}{day.year:04}"


def format_datetime(moment: datetime) -> str:
    """A moment (with time zone) as it was in Zurich: 22.11.2026 14:32."""
    local = moment.astimezone(_zurich())
    return f"{format_date(local)} {format_time(local.time())}"


@lru_cache(maxsize=1)
def _zurich() -> ZoneInfo:
    return ZoneInfo("Europe/Zurich")


def zurich_date(moment: datetime) -> date:
    """The calendar day in Switzerland at a moment (with time zone)."""
    return moment.astimezone(_zurich()).date()


def parse_time(text: str) -> time:
    """A time of day: 08:30, 8h30, 8.30, 830, 8h, 8. Raises Invalid: time.missing, time.format, time.unknown."""
    plain = simplified(text, "time")
    found = _TIME.match(plain) or _BARE_TIME.match(plain)
    if found is None:
        raise Invalid("time.format")
    hour, minute = int(found[1]), int(found[2] or 0)
    if hour > 23 or minute > 59:
        raise Invalid("time.unknown", time=f"{hour:02}:{minute:02}")
    return time(hour, minute)


def format_time(moment: time) -> str:
    """Hours and minutes: 08:30."""
    return f"{moment:%H:%M}"


def absence(start: time, end: time) -> timedelta:
    """How long somebody was away on one day. Raises Invalid absence.end_before_start (a night is claimed apart)."""
    if end <= start:
        raise Invalid("absence.end_before_start", start=format_time(start), end=format_time(end))
    return timedelta(hours=end.hour - start.hour, minutes=end.minute - start.minute)


def format_duration(length: timedelta) -> str:
    """Hours and minutes of a duration: « 5 h 30 »."""
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    return f"{hours} h {minutes:02}"


def month_start(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def month_end(day: date) -> date:
    """The last day of its month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days from start to end, both included. Raises Invalid period.end_before_start."""

    start: date
    end: date

    def __post_init__(self) -> None:
        """A period has at least one day."""
        if self.end < self.start:
            raise Invalid("period.end_before_start", start=format_date(self.start), end=format_date(self.end))

    @classmethod
    def month_of(cls, day: date) -> Period:
        """The whole month around a day."""
        return cls(month_start(day), month_end(day))

    @property
    def days(self) -> int:
        """Number of days, at least 1."""
        return (self.end - self.start).days + 1

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day <= self.end

    def overlaps(self, other: Period) -> bool:
        """True if the two share a day."""
        return self.start <= other.end and other.start <= self.end

    def months(self) -> tuple[date, ...]:
        """First days of every month touched."""
        found = [month_start(self.start)]
        while (following := month_end(found[-1]) + timedelta(days=1)) <= self.end:
            found.append(following)
        return tuple(found)


def previous_month(today: date) -> Period:
    """The button « Mois précédent »."""
    return Period.month_of(month_start(today) - timedelta(days=1))


def parse_period(text: str, *, today: date) -> Period:
    """« 01.05.2024 - 31.05.2024 », « 1.5.24 au 31.5.24 », or one day.

    Raises Invalid: date.*, period.end_before_start.
    """
    plain = simplified(text.replace("\u2013", " - "), "date")
    found = _PERIOD.match(plain)
    first, last = (found[1], found[2]) if found else (plain, plain)
    return Period(parse_date(first, today=today), parse_date(last, today=today))


def format_period(period: Period) -> str:
    """As the guides print it, 01.05.2024 - 31.05.2024; a single day stands alone."""
    if period.start == period.end:
        return format_date(period.start)
    return f"{format_date(period.start)} - {format_date(period.end)}"


_WEEKDAYS: Final = {
    "fr": ("lu", "ma", "me", "je", "ve", "sa", "di"),
    "de": ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
    "it": ("lu", "ma", "me", "gi", "ve", "sa", "do"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}


def hours_in(hours: str, language: str) -> str:
    """Opening hours written in French, « lu–ve 8–12 », with the days of the week of another language."""
    names = dict(zip(_WEEKDAYS["fr"], _WEEKDAYS.get(language, _WEEKDAYS["fr"]), strict=True))
    return re.sub(r"[^\W\d_]+", lambda word: names.get(word[0], word[0]), hours)
