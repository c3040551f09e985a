"""Lump sums of 300.001 (form of 07/2011; domain page § 2.7): what each is called, costs, and how often it is due.

The lump sum does not depend on what was paid, and covers travel. Numbers 909.01 to 909.07 are those of the form; for
minors and for two devices under the AVS only the amounts are published.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from guichet.invoices.formtypes.base import Computation, ComputedLine
from guichet.kernel import dates, money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guichet.invoices.formtypes.base import Context
    from guichet.invoices.formtypes.f_300_001 import Batteries, HearingAids

YEARS: Final = {"ai": 6, "avs": 5}  # between two devices
_DEVICE, _BATTERIES = "device", "batteries"


@dataclass(frozen=True)
class Device:
    """A device of an earlier invoice, as its tag says."""

    code: str
    on: date


def device_tag(code: str, on: date) -> str:
    """What an invoice for a device says of itself: « device:909.01:2026-05-04 »."""
    return f"{_DEVICE}:{code}:{on.isoformat()}"


def batteries_tag(first: date, last: date) -> str:
    """What an invoice for batteries says of itself: « batteries:2025-01-01:2025-12-31 »."""
    return f"{_BATTERIES}:{first.isoformat()}:{last.isoformat()}"


def earlier_devices(context: Context) -> Iterator[Device]:
    """Devices of earlier invoices that still stand."""
    for parts in _tags(context, _DEVICE):
        yield Device(parts[0], date.fromisoformat(parts[1]))


def earlier_batteries(context: Context) -> Iterator[dates.Period]:
    """Periods of batteries of earlier invoices that still stand."""
    for parts in _tags(context, _BATTERIES):
        yield dates.Period(date.fromisoformat(parts[0]), date.fromisoformat(parts[1]))


def _tags(context: Context, kind: str) -> Iterator[list[str]]:
    for other in context.earlier:
        if other.stands:
            for tag in sorted(other.tags):
                name, *parts = tag.split(":")
                if name == kind and len(parts) == 2:
                    yield parts


def years_later(day: date, years: int) -> date:
    """The same day some years on; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def years_of(batteries: Batteries) -> int:
    """Begun years of a period; 0 if it runs backwards."""
    if batteries.last < batteries.first:
        return 0
    count = 1
    while years_later(batteries.first, count) <= batteries.last:
        count += 1
    return count


def compute(form: HearingAids, context: Context) -> Computation:
    """Device, repairs and batteries at the rates of their days; each battery year at the rate of its first day."""
    lines: list[ComputedLine] = []
    if form.device and form.delivered_on:
        amount = context.rates.on(f"HEAR_{form.device.value}", form.delivered_on).amount
        lines.append(
            ComputedLine(
                "device", str(form.device.label), amount, f"1 × {money.format_amount(amount)}", _official(form.device)
            )
        )
    for index, repair in enumerate(form.repairs):
        amount = context.rates.on(f"HEAR_{repair.tariff.value}", repair.on).amount
        how = f"1 × {money.format_amount(amount)}"
        lines.append(ComputedLine(f"repairs-{index}", str(repair.tariff.label), amount, how, _official(repair.tariff)))
    for index, batteries in enumerate(form.batteries):
        lines.append(_batteries(f"batteries-{index}", batteries, context))
    return Computation(tuple(lines))


def _official(tariff: str) -> str:
    """The number of tariff 909; minors' and double AVS devices have none (domain page § 2.7)."""
    return str(tariff) if tariff.startswith("909.") else ""


def _batteries(place: str, batteries: Batteries, context: Context) -> ComputedLine:
    starts = [years_later(batteries.first, offset) for offset in range(batteries.years)]
    rates = [context.rates.on(f"HEAR_{batteries.tariff.value}", day).amount for day in starts]
    if len(set(rates)) == 1:
        how = f"{len(rates)} × {money.format_amount(rates[0])}"
    else:
        how = " + ".join(money.format_amount(rate) for rate in rates)
    return ComputedLine(place, str(batteries.tariff.label), sum(rates, money.ZERO), how, _official(batteries.tariff))
