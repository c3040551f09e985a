"""The sums of 318.632.2 (LAI 42ter, RAI 36 al. 2; domain page § 2.6).

- a day counts if the child slept at home: allowance of its degree and supplement of its hours, by that month's rates;
- a day in a home the family pays for: a quarter of the allowance, rounded to five rappen, and the whole supplement;
- a day in hospital counts as at home if the hospital confirms that a parent had to be there, else it does not;
- a day in an institution paid by social insurance does not count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guichet.invoices.formtypes.base import Computation, ComputedLine, Use
from guichet.kernel import money, months

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from guichet.invoices.formtypes.base import Context
    from guichet.invoices.formtypes.f_318_632_2 import MinorAllowance, MonthLine
    from guichet.kernel.tariffs import RateTable

ALLOWANCE: Final = {"light": "API_MIN_FAIBLE", "medium": "API_MIN_MOYEN", "grave": "API_MIN_GRAVE"}
SUPPLEMENT: Final = {"4": "SSI_4H", "6": "SSI_6H", "8": "SSI_8H"}


class Daily(NamedTuple):
    """What a day is worth in CHF."""

    allowance: Decimal
    quarter: Decimal  # of the allowance, in a home at the family's cost
    supplement: Decimal


def daily(form: MinorAllowance, on: date, rates: RateTable) -> Daily:
    """The rates of a day. Raises Invalid tariff.missing."""
    allowance = rates.on(ALLOWANCE[form.degree], on).amount
    supplement = rates.on(SUPPLEMENT[form.ssi], on).amount if form.ssi in SUPPLEMENT else money.ZERO
    return Daily(allowance, money.round_to_5_rappen(allowance / 4), supplement)


def compute(form: MinorAllowance, context: Context) -> Computation:
    """Month by month; a month of another year has the rates of that year."""
    lines: list[ComputedLine] = []
    for index, month in enumerate(form.months):
        rate = daily(form, month.first, context.rates)
        lines += _month(f"months-{index}", month, payable_days(form, month), rate)
    return Computation(tuple(lines))


def payable_days(form: MinorAllowance, month: MonthLine) -> int:
    """Days at the full rate."""
    return month.home + (month.hospital if form.hospital_confirmed else 0)


def _month(place: str, month: MonthLine, days: int, rate: Daily) -> list[ComputedLine]:
    name = months.format_month(month.first, (get_language() or "fr")[:2])
    parts = (
        (_("{month} : allocation pour impotent"), days, rate.allowance),
        (_("{month} : supplément pour soins intenses"), days, rate.supplement),
        (_("{month} : allocation, ¼, home aux frais de la famille"), month.own_cost, rate.quarter),
        (_("{month} : supplément, home aux frais de la famille"), month.own_cost, rate.supplement),
    )
    return [
        ComputedLine(
            place,
            label.format(month=name.capitalize()),
            money.round_to_rappen(count * amount),
            f"{count} × {money.format_amount(amount)}",
        )
        for label, count, amount in parts
        if count and amount
    ]


def uses(form: MinorAllowance, computation: Computation) -> tuple[Use, ...]:
    """Days and money of each month, as quotas count them."""
    found: list[Use] = []
    for index, month in enumerate(form.months):
        of_month = (line.amount for line in computation.lines if line.place == f"months-{index}")
        days = payable_days(form, month) + month.own_cost
        found.append(Use("amount", month.first, sum(of_month, money.ZERO)))
        found.append(Use("days", month.first, money.round_to_rappen(days)))
    return tuple(use for use in found if use.quantity)
