"""What every invoice form has: the header of INV-06, a period, a computation."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, ClassVar

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from pydantic import StringConstraints

from guichet.formspec.declare import Ask, FormType, Kind, Section, Words, last_rule, rule
from guichet.formspec.findings import blocking, warning
from guichet.formspec.types import DecisionNumber, LongText, ShortText, Tick
from guichet.kernel import money
from guichet.kernel.findings import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from guichet.kernel.findings import Finding
    from guichet.kernel.tariffs import RateTable

LAPSED = frozenset({"refused", "withdrawn"})  # invoices that claim nothing any more
BENEFICIARY_ACCOUNT = "beneficiary"  # the value of `account` that means the beneficiary's own IBAN


class Family(TextChoices):
    """Forms that stand together in « + Nouvelle facture », in this order."""

    EVERYDAY = "everyday", _("Factures courantes")
    ALLOWANCES = "allowances", _("Allocations et assistance")
    AIDS = "aids", _("Moyens auxiliaires")


@dataclass(frozen=True)
class AccountFacts:
    """An account a refund may go to."""

    iban: str
    is_qr: bool


@dataclass(frozen=True)
class Granted:
    """What the office decided, if it entered the decision (INV-10)."""

    number: str
    valid_from: date
    valid_to: date | None  # None: without end
    forms: frozenset[str]  # codes it covers; empty: all
    terms: Mapping[str, str] = field(default_factory=dict)  # amounts and degrees of the decision, see `ledger`


@dataclass(frozen=True)
class Earlier:
    """Another invoice for the same person at the same office, of whichever sender (INV-13)."""

    form_code: str
    period_from: date
    period_to: date
    total: Decimal  # CHF
    status: str
    sent_on: date
    own: bool  # of this sender; of another one nothing else is told
    paid_on: date | None = None
    tags: frozenset[str] = frozenset()  # what the form says of itself, such as tariff codes

    @property
    def stands(self) -> bool:
        """Whether it still claims something."""
        return self.status not in LAPSED


@dataclass(frozen=True)
class Use:
    """What an invoice takes from a quota of its decision (INV-10)."""

    kind: str  # "amount" (CHF), "hours", "nights", "trips", "days"
    on: date  # any day of the month and year it counts for
    quantity: Decimal


@dataclass(frozen=True)
class Context:
    """What the checks of a form may know beyond the answers. Built by `checking.context_for`."""

    today: date  # Europe/Zurich
    rates: RateTable
    office_code: str = ""
    beneficiary_known: bool = False
    beneficiary_reference: str = ""  # « N° de référence de paiement » of the profile
    account: AccountFacts | None = None  # of the chosen value; None if unknown
    attachments: int = 0
    bill_iban: str = ""  # creditor's account of a QR-bill that was read
    local_rule: str = "threshold"  # see `f_318_632_1`
    billing_rhythm: str = ""  # 318.632.2: "month", "quarter", or empty if the office leaves it open
    granted: Granted | None = None  # the decision as the office entered it
    earlier: tuple[Earlier, ...] = ()  # of the same person, the latest first
    first_sent_on: date | None = None  # of this invoice, if it is a correction

    def granted_amount(self, term: str) -> Decimal | None:
        """A limit of the decision in CHF, if the office entered one that can be read."""
        typed = self.granted.terms.get(term, "") if self.granted else ""
        try:
            return money.parse_amount(typed) if typed else None
        except Invalid:
            return None


@dataclass(frozen=True)
class ComputedLine:
    """One amount and how it came about."""

    place: str  # "trips-0"
    label: str
    amount: Decimal  # CHF, rounded to the rappen
    how: str  # "2 × 45 km × 0.45"
    tariff: str = ""  # official number, "909.01", where there is one


@dataclass(frozen=True)
class Computation:
    """The amounts of an invoice in CHF."""

    lines: tuple[ComputedLine, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def total(self) -> Decimal:
        """Sum of the lines, CHF."""
        return sum((line.amount for line in self.lines), Decimal("0.00"))


class InvoiceForm(FormType):
    """Base of the ten official forms."""

    family: ClassVar[Family] = Family.EVERYDAY
    documents: ClassVar[Words] = _("Joignez la facture ou le justificatif (PDF, JPG ou PNG).")  # if there is none
    list_label: ClassVar[Words] = _("Facture")  # « Facture 01.05.2024 - 31.05.2024 » in the lists

    beneficiary: Annotated[str, StringConstraints(max_length=36), Kind("select"), Ask(_("Bénéficiaire"))]
    account: Annotated[
        str,
        StringConstraints(max_length=44),
        Kind("select"),
        Ask(_("IBAN"), _("Le compte sur lequel le remboursement doit être versé.")),
    ]
    decision: Annotated[
        DecisionNumber,
        Ask(_("Numéro de décision"), _("14 chiffres, par exemple 32320260001234."), width="medium"),
    ]
    decision_description: Annotated[ShortText, Ask(_("Description du numéro de décision"))] = ""
    save_decision: Annotated[Tick, Ask(_("Enregistrer le numéro de décision"))] = False
    remark: Annotated[LongText, Ask(_("Remarque"))] = ""

    HEADER: ClassVar[Section] = Section(
        _("Informations personnelles"),
        ("beneficiary", "account", "decision", "decision_description", "save_decision"),
        beside=(("decision", "decision_description"),),
    )
    FOOTER: ClassVar[Section] = Section(_("Remarque"), ("remark",))

    def period(self) -> tuple[date, date]:
        """First and last day of the services."""
        raise NotImplementedError

    def last_service(self) -> date:
        """The day that must not lie in the future."""
        return self.period()[1]

    def compute(self, context: Context) -> Computation:
        """The amounts, by the rates of the service dates."""
        raise NotImplementedError

    def uses(self, computation: Computation) -> tuple[Use, ...]:
        """What it takes from the quotas of its decision; the money alone unless the form knows better."""
        return (Use("amount", self.period()[0], computation.total),)

    def tags(self) -> frozenset[str]:
        """What later invoices want to know of this one, such as tariff codes."""
        return frozenset()

    def reference(self) -> str:
        """Payment reference typed in the form itself; empty if the form has none."""
        return ""

    def needs_document(self) -> bool:
        """Whether at least one attachment is required."""
        return True

    @rule
    def beneficiary_is_known(self, context: Context) -> Iterator[Finding]:
        """A beneficiary of somebody else and one that never was get the same words (B05)."""
        if not context.beneficiary_known:
            yield blocking("invoice.beneficiary", "beneficiary", _("Choisissez un bénéficiaire de la liste."))

    @rule
    def account_is_known(self, context: Context) -> Iterator[Finding]:
        """The account must belong to the company or to the beneficiary."""
        if context.account is None:
            yield blocking("invoice.account", "account", _("Choisissez un compte de la liste."))

    @rule
    def qr_iban_needs_reference(self, context: Context) -> Iterator[Finding]:
        """QR-IBAN ⇒ QRR reference mandatory (SIX IG QR-bill 2.3; guide 4.3.1)."""
        if context.account and context.account.is_qr and not (self.reference() or context.beneficiary_reference):
            yield blocking(
                "invoice.reference_missing",
                "account",
                _(
                    "Ce compte a un QR-IBAN : saisissez le « N° de référence de paiement » dans le profil du "
                    "bénéficiaire, ou choisissez un autre compte."
                ),
            )

    @rule
    def decision_is_of_this_office(self, context: Context) -> Iterator[Finding]:
        """The first three digits name the office (ZAS, numéro de décision)."""
        if context.office_code and not self.decision.startswith(context.office_code):
            yield warning(
                "invoice.decision_office",
                "decision",
                _("Ce numéro de décision ne commence pas par {office}, le code de cet office. Vérifiez-le."),
                office=context.office_code,
            )

    @rule
    def period_is_over(self, context: Context) -> Iterator[Finding]:
        """Services are invoiced once they were given."""
        if self.last_service() > context.today:
            yield blocking("invoice.future", self.period_place(), _("Saisissez une date qui n'est pas dans le futur."))

    def period_place(self) -> str:
        """Where to show a fault of the period."""
        return "period_from"

    @last_rule
    def total_is_positive(self, context: Context) -> Iterator[Finding]:
        """Nothing is refunded for nothing, and no line of figures is longer than a payment."""
        try:
            total = self.compute(context).total
        except Invalid as fault:  # no rate for the day of the service
            yield fault.as_finding(self.total_place())
            return
        if total <= 0:
            yield blocking("invoice.nothing", self.total_place(), _("Le total de la facture doit dépasser 0.00."))
        elif total > money.LARGEST:
            text = _("Le total dépasse {most}. Vérifiez les quantités et les tarifs.")
            yield blocking("invoice.too_large", self.total_place(), text, most=money.format_chf(money.LARGEST))

    def total_place(self) -> str:
        """Where to show a fault of the total."""
        return "remark"

    @rule
    def documents_are_attached(self, context: Context) -> Iterator[Finding]:
        """Receipts belong to the claim (domain page § 2)."""
        if self.needs_document() and not context.attachments:
            yield blocking("invoice.document", "attachments", self.documents)
