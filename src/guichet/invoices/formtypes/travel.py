"""The sums of 318.632.1 (RAI art. 90 al. 4; memento 4.05; domain page § 2.9).

- private car: kilometres × rate if the disability demands it, else the price of the 2nd-class ticket at most;
- everything else at cost;
- absence of 5 to 8 hours, of more than 8 hours: one allowance per trip; nights at the flat rate;
- trips inside the local area count only from a threshold per calendar month. The sources differ on whether the
  threshold itself is kept back: `local_rule` of the insurer says "threshold" (all is paid from CHF 10 on) or
  "deductible" (only what exceeds CHF 10).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from guichet.invoices.formtypes.base import Computation, ComputedLine, Use
from guichet.kernel import dates, money

if TYPE_CHECKING:
    from guichet.invoices.formtypes.base import Context
    from guichet.invoices.formtypes.f_318_632_1 import TravelAndMeals, Trip

_ZERO = Decimal("0.00")
_SHORT_ABSENCE = timedelta(hours=5)  # inclusive
_LONG_ABSENCE = timedelta(hours=8)  # exclusive: exactly eight hours are still the short allowance


def compute(form: TravelAndMeals, context: Context) -> Computation:
    """All lines, trip by trip, then what the local threshold takes away."""
    lines: list[ComputedLine] = []
    local: dict[tuple[int, int], Decimal] = defaultdict(lambda: _ZERO)
    for index, trip in enumerate(form.trips):
        transport = list(_transport(f"trips-{index}", trip, context))
        lines += transport
        lines += _allowances(f"trips-{index}", trip, context)
        if trip.local:
            local[(trip.on.year, trip.on.month)] += sum((line.amount for line in transport), _ZERO)
    lines += _local_threshold(form, local, context)
    return Computation(tuple(lines))


def uses(form: TravelAndMeals, computation: Computation) -> tuple[Use, ...]:
    """Trips that something was computed for, each on its date; money in the month of its trip.

    What the local threshold takes away has no trip: it lessens the month of the first one.
    """
    counted = {line.place for line in computation.lines if line.amount > 0}
    trips = {f"trips-{index}": trip for index, trip in enumerate(form.trips)}
    found = [Use("trips", trip.on, Decimal(trip.times)) for place, trip in trips.items() if place in counted]
    first = min(trip.on for trip in form.trips)
    money_used = (
        Use("amount", trips[line.place].on if line.place in trips else first, line.amount) for line in computation.lines
    )
    return (*found, *money_used)


def _transport(place: str, trip: Trip, context: Context) -> list[ComputedLine]:
    times = Decimal(trip.times)
    label = f"{trip.origin} – {trip.destination}"
    lines = []
    if trip.transport == "car":
        lines.append(_car(place, label, trip, context))
    elif trip.ticket:
        how = f"{trip.times} × {money.format_amount(trip.ticket)}"
        lines.append(ComputedLine(place, label, money.round_to_rappen(times * trip.ticket), how))
    if trip.companion_ticket:
        how = f"{trip.times} × {money.format_amount(trip.companion_ticket)}"
        amount = money.round_to_rappen(times * trip.companion_ticket)
        lines.append(ComputedLine(place, _("Accompagnant : {name}").format(name=trip.companion), amount, how))
    if trip.extras:
        lines.append(ComputedLine(place, trip.extras_text, trip.extras, ""))
    return lines


def _car(place: str, label: str, trip: Trip, context: Context) -> ComputedLine:
    legs = trip.times * (2 if trip.way == "return" else 1)
    rate = context.rates.on("KM_AUTO", trip.on).amount
    kilometres = trip.kilometres or _ZERO
    amount = money.round_to_rappen(legs * kilometres * rate)
    how = f"{legs} × {money.format_number(kilometres)} km × {money.format_amount(rate)}"
    if not trip.car_needed:
        ticket = money.round_to_rappen(trip.times * (trip.ticket or _ZERO))
        if ticket < amount:
            price = f"{trip.times} × {money.format_amount(trip.ticket or _ZERO)}"
            return ComputedLine(place, label, ticket, _("billet de 2e classe : {how}").format(how=price))
    return ComputedLine(place, label, amount, how)


def _allowances(place: str, trip: Trip, context: Context) -> list[ComputedLine]:
    lines = []
    if trip.departure and trip.back:
        away = _LONG_ABSENCE + timedelta(minutes=1) if trip.nights else dates.absence(trip.departure, trip.back)
        if away >= _SHORT_ABSENCE:
            code, words = (
                ("VIATIQUE_8H", _("Repas, absence de plus de 8 heures"))
                if away > _LONG_ABSENCE
                else ("VIATIQUE_5_8H", _("Repas, absence de 5 à 8 heures"))
            )
            lines.append(_flat(place, words, trip.times, context.rates.on(code, trip.on).amount))
    if trip.nights:
        rate = context.rates.on("VIATIQUE_NUIT", trip.on).amount
        lines.append(_flat(place, _("Nuits hors du domicile"), trip.nights * trip.times, rate))
    return lines


def _flat(place: str, label: str, count: int, rate: Decimal) -> ComputedLine:
    return ComputedLine(place, label, money.round_to_rappen(count * rate), f"{count} × {money.format_amount(rate)}")


def _local_threshold(
    form: TravelAndMeals, local: dict[tuple[int, int], Decimal], context: Context
) -> list[ComputedLine]:
    lines = []
    for (year, month), amount in sorted(local.items()):
        on = next(trip.on for trip in form.trips if (trip.on.year, trip.on.month) == (year, month) and trip.local)
        threshold = context.rates.on("TRAVEL_LOCAL_MIN", on).amount
        if amount < threshold:
            kept_back = amount
        elif context.local_rule == "deductible":
            kept_back = threshold
        else:
            continue
        if kept_back:
            label = _("Rayon local, {month:02d}.{year} : franchise de {amount}").format(
                month=month, year=year, amount=money.format_amount(threshold)
            )
            lines.append(ComputedLine("trips", label, -kept_back, ""))
    return lines
