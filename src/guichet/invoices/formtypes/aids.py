"""The common part of the five forms for aids, 318.635 to 318.639 (OMAI; domain page § 2.1–2.5).

What is claimed is the supplier's bill, less what the insured person pays herself. Three positions of the list have an
amount of their own: 13.01* is own cost up to CHF 400, batteries of an FM system are paid up to CHF 40 a calendar year,
a second pair of shoes for feet of unequal size up to CHF 200. All other limits are those of the decision.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, ClassVar, Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from guichet.formspec.declare import Ask, Kind, Row, Section, Words, rule
from guichet.formspec.findings import blocking, warning
from guichet.formspec.types import Amount, Quantity, ShortText, SwissDate
from guichet.invoices.formtypes.base import Computation, ComputedLine, Context, Family, InvoiceForm
from guichet.invoices.formtypes.supplied import SuppliedInvoice
from guichet.kernel import money
from guichet.kernel.findings import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guichet.kernel.findings import Finding

WORK_TOOLS: Final = "13.01"
FM_BATTERIES: Final = "13.01-fm"
UNEQUAL_SHOES: Final = "4.04"

POSITION: Final = Ask(_("Moyen auxiliaire"), _("Position de la liste de l'OMAI, selon la décision."))

_OWN_COST: Final = "OMAI 13.01* ; lettre circulaire AI 401 (1.7.2020)"
_FM: Final = "Lettre circulaire AI 401 (1.7.2020)"
_SHOES: Final = "CMAI 4.04 (2022)"
_DECISION: Final = "Décision de l'office"


class Purpose(TextChoices):
    """What the supplier's bill is for; the limit of CHF 400 speaks of acquisition only."""

    ACQUISITION = "acquisition", _("Achat")
    REPAIR = "repair", _("Réparation")
    UPKEEP = "upkeep", _("Entretien ou frais d'exploitation")
    ADAPTATION = "adaptation", _("Adaptation ou apprentissage de l'utilisation")


class Vat(TextChoices):
    """VAT as the supplier's bill shows it; prices of the lines include it."""

    NONE = "0", _("Sans TVA")
    REDUCED = "2.6", "2.6 %"
    NORMAL = "8.1", "8.1 %"


class AidLine(Row):
    """A position of the supplier's bill."""

    description: Annotated[ShortText, Field(min_length=1), Ask(_("Désignation"))]
    quantity: Annotated[Quantity, Ask(_("Quantité"), width="npa")]
    price: Annotated[Amount, Ask(_("Prix unitaire"), width="short")]

    @property
    def amount(self) -> Decimal:
        """CHF, rounded to the rappen."""
        return money.round_to_rappen(self.quantity * self.price)


class AidInvoice(SuppliedInvoice):
    """Base of the five forms; each says which positions of the list are its own."""

    family: ClassVar[Family] = Family.AIDS
    list_label: ClassVar[Words] = _("Moyens auxiliaires")
    documents: ClassVar[Words] = _(
        "Joignez la facture du fournisseur et, si vous l'avez payée, la preuve du paiement (PDF, JPG ou PNG)."
    )

    position: Annotated[str, Kind("select"), POSITION]
    purpose: Annotated[Purpose, Kind("select"), Ask(_("Genre de frais"))]
    period_from: Annotated[
        SwissDate, Ask(_("Date des prestations dispensées"), _("Premier jour, par exemple 05.11.2026."), width="date")
    ]
    period_to: Annotated[
        SwissDate | None, Ask(_("Jusqu'au"), _("Dernier jour, s'il y en a plusieurs."), width="date")
    ] = None
    supplier: Annotated[ShortText, Field(min_length=1), Ask(_("Fournisseur"), _("Nom ou raison sociale."))]
    supplier_street: Annotated[ShortText, Ask(_("Rue et numéro"))] = ""
    supplier_town: Annotated[ShortText, Ask(_("NPA et localité"))] = ""
    vat: Annotated[Vat | None, Kind("select"), Ask(_("TVA comprise dans les prix"), width="medium")] = None
    lines: Annotated[list[AidLine], Field(min_length=1, max_length=100), Ask(_("Prestations"))]
    participation: Annotated[
        Amount | None,
        Ask(
            _("Participation de l'assuré"),
            _("Ce que la personne paie elle-même ; le montant est déduit."),
            width="short",
        ),
    ] = None

    SUPPLIER: ClassVar[Section] = Section(
        _("Facture du fournisseur"),
        (
            "supplier",
            "supplier_street",
            "supplier_town",
            "supplier_number",
            "supplier_date",
            "payment_reference",
        ),
        SuppliedInvoice.BILL_HINT,
        beside=(("supplier_street", "supplier_town"), ("supplier_number", "supplier_date")),
    )

    @classmethod
    def parts(cls, *own: str) -> tuple[Section, ...]:
        """The sections of the form, with the questions that only this form asks."""
        return (
            InvoiceForm.HEADER,
            Section(
                _("Moyen auxiliaire"),
                ("position", "purpose", *own, "period_from", "period_to"),
                beside=(("period_from", "period_to"),),
            ),
            cls.SUPPLIER,
            Section(_("Prestations"), ("lines",)),
            Section(_("Déduction et TVA"), ("participation", "vat"), beside=(("participation", "vat"),)),
            InvoiceForm.FOOTER,
        )

    def period(self) -> tuple[date, date]:
        """One day or a span."""
        return self.period_from, self.period_to or self.period_from

    def total_place(self) -> str:
        """The lines make the total."""
        return "lines"

    def tags(self) -> frozenset[str]:
        """The position; for FM batteries the calendar years they were paid for."""
        found = {f"omai:{self.position}"}
        if self.position == FM_BATTERIES:
            found |= {f"fm:{year}" for year in self._years()}
        return frozenset(found)

    @property
    def gross(self) -> Decimal:
        """The supplier's bill in CHF, before caps and participation."""
        return sum((line.amount for line in self.lines), money.ZERO)

    def compute(self, context: Context) -> Computation:
        """Quantity × price by line, less what is beyond a cap, less the participation; cents are kept."""
        found = [
            ComputedLine(
                f"lines-{index}",
                line.description,
                line.amount,
                f"{money.format_number(line.quantity)} × {money.format_amount(line.price)}",
            )
            for index, line in enumerate(self.lines)
        ]
        cap = self._cap(context)
        if cap is not None and self.gross > cap.amount:
            found.append(ComputedLine("lines", cap.label, cap.amount - self.gross, cap.how))
        if self.participation:
            label = str(_("Participation de l'assuré"))
            found.append(ComputedLine("participation", label, -self.participation, ""))
        return Computation(tuple(found))

    def _cap(self, context: Context) -> ComputedLine | None:
        """The most that is paid for this position, if it has an amount of its own. Raises Invalid without a rate."""
        if self.position == FM_BATTERIES:
            rates = [context.rates.on("FM_BATTERIES", day).amount for day in self._years().values()]
            how = " + ".join(money.format_amount(rate) for rate in rates)
            label = str(_("Plafond des piles FM, par année civile"))
            return ComputedLine("lines", label, sum(rates, money.ZERO), how)
        if self.position == UNEQUAL_SHOES:
            rate = context.rates.on("MA_SHOES_4_04", self.period_from).amount
            label = str(_("Plafond pour une paire de chaussures"))
            return ComputedLine("lines", label, rate, money.format_amount(rate))
        return None

    def _years(self) -> dict[int, date]:
        """The calendar years of the period, each with its first day in it."""
        first, last = self.period()
        return {year: max(first, date(year, 1, 1)) for year in range(first.year, last.year + 1)}

    @rule
    def period_runs_forward(self, context: Context) -> Iterator[Finding]:
        """The last day is not before the first."""
        del context
        if self.period_to and self.period_to < self.period_from:
            yield blocking(
                "invoice.period_backwards", "period_to", _("Le dernier jour ne peut pas précéder le premier jour.")
            )

    @rule
    def bill_is_written(self, context: Context) -> Iterator[Finding]:
        """A bill has been written before it is claimed."""
        if self.supplier_date and self.supplier_date > context.today:
            text = _("La facture du fournisseur porte une date future. Vérifiez-la.")
            yield blocking("aids.bill_future", "supplier_date", text)

    @rule
    def participation_is_a_part(self, context: Context) -> Iterator[Finding]:
        """What the person pays herself is less than the bill."""
        del context
        if self.participation and self.participation >= self.gross:
            text = _("La participation doit rester inférieure au total des lignes ({gross}). Corrigez-la.")
            yield blocking("aids.participation", "participation", text, gross=money.format_chf(self.gross))

    @rule
    def cheap_tools_are_own_cost(self, context: Context) -> Iterator[Finding]:
        """13.01*: up to CHF 400 the insured person pays (circular letter AI 401)."""
        if self.position != WORK_TOOLS or self.purpose is not Purpose.ACQUISITION:
            return
        try:
            limit = context.rates.on("MA_MIN_COST_13_01", self.period_from).amount
        except Invalid:  # before the rule
            return
        if self.gross <= limit:
            text = _("Un achat jusqu'à {limit} est à la charge de l'assuré. Indiquez pourquoi il serait remboursé.")
            yield warning("aids.own_cost", "lines", text, source=_OWN_COST, limit=money.format_chf(limit))

    @rule
    def batteries_are_paid_once_a_year(self, context: Context) -> Iterator[Finding]:
        """FM batteries: CHF 40 a calendar year, whoever asked for them before."""
        if self.position != FM_BATTERIES:
            return
        tags = {f"fm:{year}" for year in self._years()}
        if any(tags & other.tags for other in context.earlier if other.stands):
            text = _("Des piles FM ont déjà été facturées pour cette année civile. Vérifiez la période.")
            yield warning("aids.fm_again", "period_from", text, source=_FM)

    @rule
    def shoes_are_one_pair(self, context: Context) -> Iterator[Finding]:
        """Feet of unequal size: one further pair (CMAI 4.04)."""
        del context
        if self.position == UNEQUAL_SHOES and sum((line.quantity for line in self.lines), Decimal(0)) > 1:
            text = _("Pour des pointures inégales, une seule paire est prise en charge. Vérifiez les quantités.")
            yield warning("aids.one_pair", "lines", text, source=_SHOES)

    @rule
    def limits_of_the_decision_hold(self, context: Context) -> Iterator[Finding]:
        """Annual and single amounts change from decision to decision; the office enters them there."""
        limit = context.granted_amount("limit_amount")
        if limit is not None and self.gross - (self.participation or money.ZERO) > limit:
            text = _("La décision accorde au plus {limit}. Réduisez le montant ou expliquez le dépassement.")
            yield warning("aids.limit", "lines", text, source=_DECISION, limit=money.format_chf(limit))
        price = context.granted_amount("limit_unit_price")
        for index, line in enumerate(self.lines):
            if price is not None and line.price > price:
                text = _("La décision accorde au plus {limit} par unité. Réduisez le prix ou expliquez l'écart.")
                place = f"lines-{index}-price"
                yield warning("aids.unit_limit", place, text, source=_DECISION, limit=money.format_chf(price))
