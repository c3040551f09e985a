"""318.632 Autre facture: everything that has no form of its own (domain page § 2.10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Self

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from guichet.formspec.declare import Ask, Kind, Row, Section, Titles, rule
from guichet.formspec.findings import blocking, warning
from guichet.formspec.registry import register
from guichet.formspec.types import Amount, Quantity, ShortText, SwissDate
from guichet.invoices.formtypes.base import Computation, ComputedLine, Context, InvoiceForm, Use
from guichet.invoices.formtypes.supplied import SuppliedInvoice
from guichet.kernel import money

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from decimal import Decimal

    from guichet.kernel.findings import Finding


class Service(TextChoices):
    """Kind of service; proposals of the domain page, the official form leaves it open."""

    MEDICAL = "medical", _("Mesures médicales")
    EARLY = "early", _("Intervention précoce intensive")
    VOCATIONAL = "vocational", _("Mesures d'ordre professionnel")
    TRANSPORT = "transport", _("Transport par des tiers")
    OTHER = "other", _("Autre prestation")


class Unit(TextChoices):
    """What a quantity counts."""

    HOUR = "hour", _("heure")
    DAY = "day", _("jour")
    WEEK = "week", _("semaine")
    MONTH = "month", _("mois")
    PIECE = "piece", _("pièce")
    LUMP = "lump", _("forfait")


_COUNTED = {Unit.HOUR: "hours", Unit.DAY: "days"}  # what a quota of a decision may count


class Line(Row):
    """A service: quantity × price."""

    on: Annotated[SwissDate | None, Ask(_("Date"), width="date")] = None
    description: Annotated[ShortText, Field(min_length=1), Ask(_("Description"))]
    quantity: Annotated[Quantity, Ask(_("Quantité"), width="npa")]
    unit: Annotated[Unit, Kind("select"), Ask(_("Unité"), width="short")]
    price: Annotated[Amount, Ask(_("Tarif"), width="short")]
    tariff: Annotated[ShortText, Ask(_("Chiffre tarifaire"), width="short")] = ""

    @property
    def amount(self) -> Decimal:
        """CHF, rounded to the rappen."""
        return money.round_to_rappen(self.quantity * self.price)


@register
class OtherInvoice(SuppliedInvoice):
    """318.632."""

    code = "318.632"
    edition = "2026-01"
    title = _("Autre facture")
    official_titles: ClassVar[Titles] = {
        "fr": "Autre facture",
        "de": "Andere Rechnung",
        "it": "Altra fattura",
        "en": "Other invoice",
    }
    explanation = _("Toute prestation accordée qui n'a pas son propre formulaire.")
    list_label = _("Facture")

    period_from: Annotated[
        SwissDate, Ask(_("Date des prestations dispensées"), _("Premier jour, par exemple 05.11.2026."), width="date")
    ]
    period_to: Annotated[
        SwissDate | None, Ask(_("Jusqu'au"), _("Dernier jour, s'il y en a plusieurs."), width="date")
    ] = None
    service: Annotated[Service, Kind("select"), Ask(_("Genre de prestation"))]
    lines: Annotated[list[Line], Field(min_length=1, max_length=100), Ask(_("Prestations"))]

    sections: ClassVar[tuple[Section, ...]] = (
        InvoiceForm.HEADER,
        Section(
            _("Prestations dispensées"),
            ("period_from", "period_to", "service"),
            beside=(("period_from", "period_to"),),
        ),
        Section(
            _("Facture du fournisseur"),
            ("supplier_number", "supplier_date", "payment_reference"),
            SuppliedInvoice.BILL_HINT,
        ),
        Section(_("Prestations"), ("lines",)),
        InvoiceForm.FOOTER,
    )

    def period(self) -> tuple[date, date]:
        """One day or a span."""
        return self.period_from, self.period_to or self.period_from

    def total_place(self) -> str:
        """The lines make the total."""
        return "lines"

    def tags(self) -> frozenset[str]:
        """The kind of service: another kind in the same days is no repetition."""
        return frozenset({f"service:{self.service.value}"})

    def compute(self, context: Context) -> Computation:
        """Quantity × price by line; cents are kept."""
        del context
        return Computation(
            tuple(
                ComputedLine(
                    f"lines-{index}",
                    line.description,
                    line.amount,
                    f"{money.format_number(line.quantity)} × {money.format_amount(line.price)}",
                )
                for index, line in enumerate(self.lines)
            )
        )

    def uses(self, computation: Computation) -> tuple[Use, ...]:
        """The money of every line on its date, and its hours or days where the unit says so."""
        lines = {f"lines-{index}": line for index, line in enumerate(self.lines)}
        found = []
        for computed in computation.lines:
            line = lines[computed.place]
            on = line.on or self.period_from
            found.append(Use("amount", on, computed.amount))
            if computed.amount > 0 and line.unit in _COUNTED:
                found.append(Use(_COUNTED[line.unit], on, line.quantity))
        return tuple(found)

    @rule
    def period_runs_forward(self, context: Context) -> Iterator[Finding]:
        """The last day is not before the first."""
        del context
        if self.period_to and self.period_to < self.period_from:
            yield blocking(
                "invoice.period_backwards", "period_to", _("Le dernier jour ne peut pas précéder le premier jour.")
            )

    @rule
    def lines_lie_in_the_period(self, context: Context) -> Iterator[Finding]:
        """A line outside the period is probably a slip."""
        del context
        first, last = self.period()
        for index, line in enumerate(self.lines):
            if line.on and not first <= line.on <= last:
                yield warning(
                    "invoice.line_outside",
                    f"lines-{index}-on",
                    _("Cette date est en dehors de la période de la facture."),
                )

    @classmethod
    def example(cls) -> Self:
        """A month of speech therapy."""
        return cls.model_validate(
            {
                "beneficiary": "00000000-0000-4000-8000-000000000001",
                "account": "company:00000000-0000-4000-8000-000000000002",
                "decision": "32320260001234",
                "period_from": "01.05.2026",
                "period_to": "31.05.2026",
                "service": "medical",
                "supplier_number": "2026-0512",
                "supplier_date": "02.06.2026",
                "lines": [
                    {
                        "on": "05.05.2026",
                        "description": "Logopédie",
                        "quantity": "2",
                        "unit": "hour",
                        "price": "145.00",
                    },
                    {"on": "12.05.2026", "description": "Rapport", "quantity": "1", "unit": "lump", "price": "80.50"},
                ],
            }
        )
