"""The rates of an office: published ones and those it entered; what a sent invoice was computed with (INV-11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone, translation

from guichet.formspec import registry
from guichet.invoices.formtypes.base import Computation, Context, Granted, InvoiceForm
from guichet.invoices.models import TariffRate
from guichet.kernel.tariffs import Rate, RateTable, UsedRates, published_rates

if TYPE_CHECKING:
    from collections.abc import Iterable

    from guichet.invoices.models import InvoiceVersion
    from guichet.tenancy.models import Insurer


def rates_of(insurer: Insurer) -> UsedRates:
    """Published and entered rates; one statement, when the first rate is asked for."""
    return UsedRates(lambda: published_rates().extended(_entered(insurer)))


def _entered(insurer: Insurer) -> Iterable[Rate]:
    published = published_rates()
    rows = TariffRate.objects.filter(insurer=insurer, closed_at=None).order_by("code", "valid_from")
    return [entered_rate(row, published) for row in rows]


def entered_rate(row: TariffRate, published: RateTable) -> Rate:
    """A row as the forms know rates; unit and words are those of its code."""
    known = published.history(row.code)
    unit, label = (known[-1].unit, known[-1].label) if known else ("", row.code)
    return Rate(row.code, row.valid_from, None, row.amount, row.source, unit, label, "entered", str(row.pk))


def compute(answers: InvoiceForm, context: Context) -> tuple[Computation, dict[str, Any]]:
    """The amounts, and everything beside the answers they rest on, to be kept with what is sent."""
    rates = UsedRates(lambda: context.rates)
    computation = answers.compute(replace(context, rates=rates))
    basis = {
        "rates": [_kept(rate) for rate in rates.used],
        "local_rule": context.local_rule,
        "terms": dict(context.granted.terms) if context.granted else {},
    }
    return computation, basis


def _kept(rate: Rate) -> dict[str, str]:
    return {
        "code": rate.code,
        "valid_from": rate.valid_from.isoformat(),
        "valid_to": rate.valid_to.isoformat() if rate.valid_to else "",
        "amount": str(rate.amount),
        "source": rate.source,
        "key": rate.key,
    }


def recompute(version: InvoiceVersion) -> Computation:
    """What was sent, computed again by its own edition with its own rates, whatever was published since."""
    form_type = registry.edition(version.case.form_code, version.case.edition)
    answers = form_type.model_validate(version.answers)
    assert isinstance(answers, InvoiceForm)  # noqa: S101 -- every invoice form is one
    basis = version.computed.get("basis", {})
    rates = RateTable(_restored(kept) for kept in basis.get("rates", ()))
    day = timezone.localdate(version.sent_at)
    context = Context(
        today=day,
        rates=rates if basis else published_rates(),
        local_rule=basis.get("local_rule", "threshold"),
        granted=Granted(answers.decision, day, None, frozenset(), basis["terms"]) if basis.get("terms") else None,
    )
    with translation.override(version.language):
        return answers.compute(context)


def _restored(kept: dict[str, str]) -> Rate:
    return Rate(
        kept["code"],
        date.fromisoformat(kept["valid_from"]),
        date.fromisoformat(kept["valid_to"]) if kept["valid_to"] else None,
        Decimal(kept["amount"]),
        kept["source"],
        key=kept["key"],
    )
