"""The sums of 318.536 (RAI 39f, 39g, 39i; domain page § 2.8).

- hours of all assistants × the rate of the month, standard and qualified apart, to the rappen;
- nights × the flat rate of the decision (typed where the office entered none), −10 % if the same assistant watches
  over two insured persons, −20 % over three;
- unused nights become hours: flat rate ÷ standard rate, to the hundredth of an hour, paid at the standard rate;
- pay without work: hours × standard rate less what insurance paid, never below nothing;
- an advance is taken off.

Caps are said and shown to the desk; nothing is cut here.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guichet.formspec.findings import blocking, warning
from guichet.invoices.formtypes.base import Computation, ComputedLine
from guichet.kernel import money
from guichet.kernel.findings import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from guichet.invoices.formtypes.assistance_rows import SickPay
    from guichet.invoices.formtypes.base import Context
    from guichet.invoices.formtypes.f_318_536 import Assistance
    from guichet.kernel.findings import Finding

HOUR: Final = "CA_HOUR"
HOUR_QUALIFIED: Final = "CA_HOUR_QUAL"
NIGHT_MAXIMUM: Final = "CA_NIGHT_MAX"

_WHOLE: Final = Decimal("1.00")
_SHARES: Final = {"2": Decimal("0.90"), "3": Decimal("0.80")}
_HUNDREDTH: Final = Decimal("0.01")


def nights(form: Assistance) -> Decimal:
    """Nights of all assistants."""
    return Decimal(sum(one.nights for one in form.assistants))


def compute(form: Assistance, context: Context) -> Computation:
    """All lines. Raises Invalid tariff.missing for a month without a rate."""
    day = form.period()[0]
    hour = context.rates.on(HOUR, day).amount
    lines = [
        *_hours(_("Prestations standard"), [one.standard for one in form.assistants], hour),
        *_qualified(form, context),
        *_nights(form, context),
        *_converted(form, context, hour),
        *(line for index, one in enumerate(form.sick_pay) for line in _sick(index, one, hour)),
    ]
    if form.advance:
        lines.append(ComputedLine("advance", _("Avance déjà versée"), -form.advance, ""))
    return Computation(tuple(lines))


def _hours(label: str, counted: Iterable[Decimal | None], rate: Decimal) -> Iterator[ComputedLine]:
    """Σ of the assistants × rate: « 42.5 + 16 = 58.5 h × 35.30 »."""
    parts = [hours for hours in counted if hours]
    if parts:
        total = sum(parts, start=Decimal(0))
        how = f"{_number(total)} h × {money.format_amount(rate)}"
        if len(parts) > 1:
            how = f"{' + '.join(_number(part) for part in parts)} = {how}"
        yield ComputedLine("assistants", label, money.round_to_rappen(total * rate), how)


def _qualified(form: Assistance, context: Context) -> Iterator[ComputedLine]:
    counted = [one.qualified for one in form.assistants]
    if any(counted):
        rate = context.rates.on(HOUR_QUALIFIED, form.period()[0]).amount
        yield from _hours(_("Prestations qualifiées"), counted, rate)


def flat_rate(form: Assistance, context: Context) -> Decimal:
    """CHF per night before any sharing: of the decision as the office entered it, else as typed."""
    return context.granted_amount("night_flat") or form.night_amount or money.ZERO


def _nights(form: Assistance, context: Context) -> Iterator[ComputedLine]:
    count, flat, share = nights(form), flat_rate(form, context), _SHARES.get(form.night_shared or "", _WHOLE)
    if count:
        how = f"{_number(count)} × {money.format_amount(flat)}"
        if share < 1:
            how += f" × {_number(share * 100)} %"
        yield ComputedLine(
            "assistants", _("Forfaits de nuit"), money.round_to_rappen(count * money.round_to_rappen(flat * share)), how
        )


def _converted(form: Assistance, context: Context, hour: Decimal) -> Iterator[ComputedLine]:
    """Hours = flat rate ÷ standard rate (RAI 39i al. 2ter)."""
    if not form.unused_nights:
        return
    flat = flat_rate(form, context)
    hours = (form.unused_nights * flat / hour).quantize(_HUNDREDTH, ROUND_HALF_UP)
    rate = money.format_amount(hour)
    how = f"{form.unused_nights} × {money.format_amount(flat)} ÷ {rate} = {_number(hours)} h × {rate}"
    label = _("Forfaits de nuit convertis en heures")
    yield ComputedLine("unused_nights", label, money.round_to_rappen(hours * hour), how)


def _sick(index: int, one: SickPay, hour: Decimal) -> Iterator[ComputedLine]:
    full = money.round_to_rappen(one.hours * hour)
    paid = min(one.insurance or money.ZERO, full)
    how = f"{_number(one.hours)} h × {money.format_amount(hour)}"
    if one.insurance:
        how += f" − {money.format_amount(one.insurance)}"
    yield ComputedLine(f"sick_pay-{index}", _("Salaire versé : {name}").format(name=one.name), full - paid, how)


def _number(number: Decimal) -> str:
    plain = number.normalize()
    return money.format_number(plain if plain != plain.to_integral() else plain.to_integral())


def judge_flat_rate(form: Assistance, context: Context) -> Iterator[Finding]:
    """Nights need a flat rate; what was typed is the decision's and not above the maximum of its month."""
    if not (nights(form) or form.unused_nights):
        return
    granted = context.granted_amount("night_flat")
    if granted is not None:
        if form.night_amount not in (None, granted):
            text = gettext_lazy("La décision accorde {granted} par nuit : corrigez ou videz ce champ.")
            yield blocking(
                "assistance.flat_differs",
                "night_amount",
                text,
                source="RAI 39f al. 3",
                granted=money.format_chf(granted),
            )
        return
    if not form.night_amount:
        text = gettext_lazy("Indiquez le forfait par nuit de votre décision.")
        yield blocking("assistance.flat_missing", "night_amount", text, source="RAI 39f al. 3")
        return
    if form.night_degree is None:
        yield blocking("assistance.degree_missing", "night_degree", gettext_lazy("Choisissez le degré de la décision."))
    most = _maximum(form, context)
    if most is not None and form.night_amount > most:
        text = gettext_lazy("Le forfait par nuit est de {most} au plus pour ce mois.")
        yield blocking(
            "assistance.flat_too_high", "night_amount", text, source="RAI 39f al. 3", most=money.format_chf(most)
        )


def _maximum(form: Assistance, context: Context) -> Decimal | None:
    """Of the degree where it was published (2022), else of all degrees; None if the month has neither."""
    for code in (f"CA_NIGHT_D{form.night_degree}", NIGHT_MAXIMUM):
        try:
            return context.rates.on(code, form.period()[0]).amount
        except Invalid:
            continue
    return None


def judge_caps(form: Assistance, context: Context, share: tuple[int, int]) -> Iterator[Finding]:
    """What exceeds the month's or the year's amount is explained and flagged; the office decides."""
    monthly = context.granted_amount("monthly_amount")
    if not monthly:
        return
    try:
        claimed = compute(form, context).total + (form.advance or money.ZERO)
    except Invalid:  # no rate for the month: said elsewhere
        return
    most = money.round_to_rappen(monthly * share[0] / share[1])
    if claimed > most:
        text = gettext_lazy("{claimed} dépassent 150 % du montant mensuel accordé ({most}).")
        yield warning(
            "assistance.monthly_cap", "assistants", text, source="RAI 39i; CCA 6041",
            claimed=money.format_chf(claimed), most=money.format_chf(most),
        )  # fmt: skip
    factor = 11 if context.granted and context.granted.terms.get("annual_factor", "").strip() == "11" else 12
    yearly, earlier = monthly * factor, _earlier_of_the_year(form, context)
    if claimed + earlier > yearly:
        text = gettext_lazy("Avec ce mois, les factures de l'année dépassent {factor} × {monthly} = {yearly}.")
        yield warning(
            "assistance.annual_cap", "assistants", text, source="RAI 39g al. 2", factor=factor,
            monthly=money.format_chf(monthly), yearly=money.format_chf(yearly),
        )  # fmt: skip


def _earlier_of_the_year(form: Assistance, context: Context) -> Decimal:
    return sum(
        (
            one.total
            for one in context.earlier
            if one.form_code == form.code and one.period_from.year == form.year and one.stands
        ),
        start=money.ZERO,
    )
