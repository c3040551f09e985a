"""Working days: Monday to Friday without the public holidays of a canton.

Holidays come from the `holidays` library, which follows the cantonal laws; FL stands for Liechtenstein. The
library is loaded at the first question, because its import costs 0.2 s.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from guichet.kernel.cantons import CANTONS
from guichet.kernel.findings import Invalid

_SATURDAY: Final = 5


@lru_cache(maxsize=512)
def public_holidays(canton: str, year: int) -> frozenset[date]:
    """The holidays of a canton in a year; "" stands for those of the whole country.

    Raises Invalid canton.format for an unknown one.
    """
    from holidays import country_holidays

    if not canton:
        return frozenset(country_holidays("CH", years=year))
    if canton == "FL":
        return frozenset(country_holidays("LI", years=year))
    if canton not in CANTONS:
        raise Invalid("canton.format")
    return frozenset(country_holidays("CH", subdiv=canton, years=year))


def is_working_day(day: date, canton: str) -> bool:
    """True from Monday to Friday unless it is a holiday there."""
    return day.weekday() < _SATURDAY and day not in public_holidays(canton, day.year)


def first_working_day(day: date, canton: str) -> date:
    """The day itself, or the first working day after it: where a term ends (LPGA 38 al. 3)."""
    while not is_working_day(day, canton):
        day += timedelta(days=1)
    return day


@lru_cache(maxsize=4096)  # the lines of a queue began on the same days
@lru_cache(maxsize=4096)  # the lines of a list ask for the same few spans
def working_days_between(start: date, end: date, canton: str) -> int:
    """Working days after `start` up to and including `end`: Friday to Monday is 1. Zero if end is not later."""
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_working_day(day, canton) for day in days)


def add_working_days(start: date, count: int, canton: str) -> date:
    """The day on which `count` (≥ 0) working days have passed since `start`; `start` itself for 0."""
    day = start
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day, canton)
    return day
