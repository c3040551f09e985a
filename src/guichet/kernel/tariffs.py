"""Rates with validity. The rate of a service is the one on the day of the service, never today's (INV-11).

The shipped table (`vectors/tariffs.json`) names the source of every row; rows whose beginning nobody published say
"unknown start" and begin where the oldest source seen does. An office may enter further rates (`RateTable.extended`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from guichet.kernel.dates import format_date
from guichet.kernel.findings import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_FOR_EVER: Final = date.max

# The rates of form 318.632.1 (travel and meals), RAI art. 90.
KM_CAR: Final = "KM_AUTO"
MEALS_5_TO_8_H: Final = "VIATIQUE_5_8H"
MEALS_OVER_8_H: Final = "VIATIQUE_8H"
NIGHT: Final = "VIATIQUE_NUIT"
TRAVEL_LOCAL_MINIMUM: Final = "TRAVEL_LOCAL_MIN"


@dataclass(frozen=True, slots=True)
class Rate:
    """An amount in francs per `unit`, valid from `valid_from` to `valid_to` (None: until further notice)."""

    code: str
    valid_from: date
    valid_to: date | None
    amount: Decimal
    source: str
    unit: str = ""
    label: str = ""
    status: str = ""
    key: str = ""  # of the row of an office that entered it; empty: published

    @property
    def start_known(self) -> bool:
        """False if `valid_from` is only where our sources begin."""
        return "unknown start" not in self.status


class RateTable:
    """Rates by code and day. Raises ValueError at construction if two rates of one code share a day."""

    def __init__(self, rates: Iterable[Rate]) -> None:
        self._by_code: dict[str, list[Rate]] = {}
        for rate in sorted(rates, key=lambda rate: (rate.code, rate.valid_from)):
            earlier = self._by_code.setdefault(rate.code, [])
            if rate.valid_from > (rate.valid_to or _FOR_EVER):
                raise ValueError(f"{rate.code} ends before it begins")
            if earlier and rate.valid_from <= (earlier[-1].valid_to or _FOR_EVER):
                raise ValueError(f"{rate.code} has two rates on {rate.valid_from}")
            earlier.append(rate)

    def on(self, code: str, day: date) -> Rate:
        """The rate of a service on its day. Raises Invalid tariff.missing (params tariff, day)."""
        for rate in self._by_code.get(code, ()):
            if rate.valid_from <= day <= (rate.valid_to or _FOR_EVER):
                return rate
        raise Invalid("tariff.missing", tariff=code, day=format_date(day))

    def history(self, code: str) -> tuple[Rate, ...]:
        """Every rate of a code, oldest first; empty for an unknown code."""
        return tuple(self._by_code.get(code, ()))

    def codes(self) -> tuple[str, ...]:
        """All codes, sorted."""
        return tuple(self._by_code)

    def extended(self, entered: Iterable[Rate]) -> RateTable:
        """These rates and further ones, each valid until the next of its code begins.

        Of two that begin on one day the entered one holds: a table published later never takes it away.
        """
        by_code: dict[str, dict[date, Rate]] = {}
        for rate in [*(rate for code in self.codes() for rate in self.history(code)), *entered]:
            by_code.setdefault(rate.code, {})[rate.valid_from] = rate
        return RateTable(rate for rates in by_code.values() for rate in _one_after_the_other(rates))


class UsedRates(RateTable):
    """A table that is fetched when the first rate is asked for, and remembers which rates were."""

    def __init__(self, fetch: Callable[[], RateTable]) -> None:
        super().__init__(())
        self._fetch = fetch
        self._table: RateTable | None = None
        self._used: dict[tuple[str, date], Rate] = {}

    @property
    def table(self) -> RateTable:
        """The table itself, fetched once."""
        if self._table is None:
            self._table = self._fetch()
        return self._table

    @property
    def used(self) -> tuple[Rate, ...]:
        """What was asked for, by code and beginning."""
        return tuple(self._used[key] for key in sorted(self._used))

    def on(self, code: str, day: date) -> Rate:
        """As the table says, remembered."""
        rate = self.table.on(code, day)
        self._used[(rate.code, rate.valid_from)] = rate
        return rate

    def history(self, code: str) -> tuple[Rate, ...]:
        """As the table says."""
        return self.table.history(code)

    def codes(self) -> tuple[str, ...]:
        """As the table says."""
        return self.table.codes()


def _one_after_the_other(rates: dict[date, Rate]) -> Iterable[Rate]:
    days = sorted(rates)
    for day, following in zip(days, [*days[1:], None], strict=True):
        rate = rates[day]
        end = rate.valid_to or _FOR_EVER
        if following is not None and following <= end:
            rate = replace(rate, valid_to=following - timedelta(days=1))
        yield rate


@lru_cache(maxsize=1)
def published_rates() -> RateTable:
    """The shipped table."""
    rows = json.loads(files("guichet.kernel").joinpath("vectors/tariffs.json").read_text("utf-8"))
    return RateTable(
        Rate(
            code=row["code"],
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            amount=Decimal(row["amount"]),
            source=row["source"],
            unit=row["unit"],
            label=row["label"],
            status=row["status"],
        )
        for row in rows
    )
