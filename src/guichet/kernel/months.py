"""Names of months, written and read: « 5 novembre 2026 », « 1. März 2026 »."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from guichet.kernel.findings import Invalid

MONTHS: Final[dict[str, tuple[str, ...]]] = {
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin",
        "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ),
    "de": (
        "Januar", "Februar", "März", "April", "Mai", "Juni",
        "Juli", "August", "September", "Oktober", "November", "Dezember",
    ),
    "it": (
        "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
        "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip

_NUMERIC: Final = re.compile(r"^(?P<month>[0-9]{1,2})[./ -](?P<year>20[0-9]{2})$", re.ASCII)
_ISO: Final = re.compile(r"^(?P<year>20[0-9]{2})-(?P<month>[0-9]{2})$", re.ASCII)
_NAMED: Final = re.compile(r"^(?P<name>[^\W\d_]+)[. ]{1,2}(?P<year>20[0-9]{2})$")
_ACCENTS: Final = str.maketrans("éûä", "eua")
_NUMBERS: Final = {
    name.lower().translate(_ACCENTS): number for names in MONTHS.values() for number, name in enumerate(names, start=1)
}


def month_number(name: str) -> int:
    """1 to 12 for a month's name in any of the four languages, with or without accents; 0 if it is none."""
    return _NUMBERS.get(name.lower().translate(_ACCENTS), 0)


def format_date_long(day: date, language: str = "fr") -> str:
    """The date in words: « 1er mars 2026 », « 5. November 2026 », « 5 novembre 2026 », « 5 November 2026 »."""
    known = language if language in MONTHS else "fr"
    number = f"{day.day}." if known == "de" else str(day.day)
    if day.day == 1:
        number = {"fr": "1er", "it": "1°"}.get(known, number)
    return f"{number} {MONTHS[known][day.month - 1]} {day.year}"


def format_month(day: date, language: str = "fr") -> str:
    """Month and year in words: « novembre 2026 »."""
    return f"{MONTHS.get(language, MONTHS['fr'])[day.month - 1]} {day.year}"


def parse_month(text: str) -> date:
    """The first day of a month as people write it: 05.2026, 5/2026, 2026-05, mai 2026. Raises Invalid month.format."""
    plain = " ".join(text.split())
    found = _NUMERIC.match(plain) or _ISO.match(plain)
    if found:
        number, year = int(found["month"]), int(found["year"])
    elif named := _NAMED.match(plain):
        number, year = month_number(named["name"]), int(named["year"])
    else:
        number, year = 0, 0
    if not 1 <= number <= 12:
        raise Invalid("month.format")
    return date(year, number, 1)
