"""Has somebody invoiced this already? Across all senders of the office, revealing nothing of another one (INV-13).

A sender's own invoice is named and linked. Of another sender's nothing is told but that one for the same person,
overlapping days and *exactly the amount typed* is there, and only for a few different amounts a day (`MOST_LOOKS`):
otherwise the warning could be asked what others invoice. The desk sees both invoices, however often was asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Case, IntegerField, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guichet.formspec.findings import warning
from guichet.invoices.formtypes.base import LAPSED, Earlier, InvoiceForm
from guichet.invoices.models import DuplicateLook, Invoice
from guichet.invoices.states import Status
from guichet.kernel import dates
from guichet.kernel.findings import Finding, Invalid, Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date
    from decimal import Decimal
    from uuid import UUID

    from django.db.models import QuerySet

    from guichet.formspec.reading import Reading
    from guichet.invoices.formtypes.base import Context
    from guichet.tenancy.models import Insurer

MOST: Final = 50  # invoices of a person that the checks look at
MOST_LOOKS: Final = 5  # different amounts a sender may ask about for one person in a day
_DAY: Final = timedelta(days=1)
COLUMNS: Final = (
    "affiliation_id", "form_code", "period_from", "period_to", "total", "status", "sent_at", "changed_at", "tags",
    "number",
)  # fmt: skip


@dataclass(frozen=True)
class Found:
    """An earlier invoice of the person with what may be said of it."""

    facts: Earlier
    invoice_id: UUID
    number: str


def of_person(
    insurer: Insurer, avs_number: str, *, form_code: str, affiliation_id: UUID, but: UUID
) -> tuple[Found, ...]:
    """The person's invoices at this office, of whichever sender; those of the same form first, then the latest.

    One statement over the index `invoice_of_person`. What was refused, withdrawn or emptied is left out.
    """
    if not avs_number:
        return ()
    rows = _rows_of(insurer, avs_number, form_code=form_code, but=but)
    return _sorted(rows.values_list("pk", *COLUMNS), affiliation_id)


def _rows_of(insurer: Insurer, avs_number: str, *, form_code: str, but: UUID) -> QuerySet[Invoice]:
    same_form = Case(When(form_code=form_code, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = Invoice.objects.filter(
        insurer=insurer, avs_number=avs_number, sent_at__isnull=False, period_from__isnull=False
    )
    standing = rows.exclude(pk=but).exclude(status__in=list(LAPSED))
    return standing.order_by(same_form, "-period_from", "-id")[:MOST]


def _sorted(rows: Iterable[tuple[Any, ...]], affiliation_id: UUID) -> tuple[Found, ...]:
    found = [_found(row, affiliation_id) for row in rows]
    return tuple(sorted(found, key=lambda one: (one.facts.period_from, one.facts.sent_on), reverse=True))


def _found(row: tuple, affiliation_id: UUID) -> Found:  # type: ignore[type-arg]
    key, affiliation, form_code, first, last, total, status, sent_at, changed_at, tags, number = row
    facts = Earlier(
        form_code=form_code,
        period_from=first,
        period_to=last,
        total=total,
        status=status,
        sent_on=timezone.localdate(sent_at),
        own=affiliation == affiliation_id,
        paid_on=timezone.localdate(changed_at) if status == Status.PAID else None,
        tags=frozenset(tags),
    )
    return Found(facts, key, number)


def judged(reading: Reading, earlier: tuple[Found, ...], context: Context, *, asked: frozenset[Decimal]) -> Reading:
    """The reading with a warning for what seems to be there already; `asked`: amounts that may be told of others."""
    claim = claim_of(reading, context)
    if claim is None:
        return reading
    return replace(reading, findings=(*reading.findings, *_findings(claim, earlier, asked)))


@dataclass(frozen=True)
class Claim:
    """What is compared."""

    form_code: str
    first: date
    last: date
    amount: Decimal  # CHF
    tags: frozenset[str]
    place: str = ""  # where a sender is told

    def meets(self, one: Earlier) -> bool:
        """The same form and a day in common; where the forms say what they are for, the same of that too."""
        alike = one.form_code == self.form_code and one.period_from <= self.last and self.first <= one.period_to
        return alike and one.stands and (not self.tags or not one.tags or not self.tags.isdisjoint(one.tags))

    def equals(self, one: Earlier) -> bool:
        """The same amount too."""
        return self.meets(one) and one.total == self.amount


def claim_of(reading: Reading, context: Context) -> Claim | None:
    """What the typed answers claim, once they can be computed."""
    answers = reading.answers
    if not isinstance(answers, InvoiceForm):
        return None
    try:
        total = answers.compute(context).total
    except Invalid:
        return None
    return claim_for(answers, total) if total > 0 else None


def claim_for(answers: InvoiceForm, total: Decimal) -> Claim:
    """The same for answers whose total is known."""
    first, last = answers.period()
    return Claim(answers.code, first, last, total, answers.tags(), answers.period_place())


def rows_like(invoice: Invoice) -> QuerySet[Invoice]:
    """The rows `repetitions_among` looks at: what `of_person` fetches, for a statement that fetches more than this."""
    if not invoice.avs_number or _claimed(invoice) is None:
        return Invoice.objects.none()
    return _rows_of(invoice.insurer, invoice.avs_number, form_code=invoice.form_code, but=invoice.pk)


def repetitions(invoice: Invoice) -> tuple[Found, ...]:
    """For the desk: invoices of any sender that claim what this one claims; one statement."""
    return repetitions_among(invoice, rows_like(invoice).values_list("pk", *COLUMNS))


def repetitions_among(invoice: Invoice, rows: Iterable[Sequence[Any]]) -> tuple[Found, ...]:
    """Which of `rows` (key and `COLUMNS`) claim what this invoice claims."""
    claim = _claimed(invoice)
    if claim is None:
        return ()
    known = _sorted((tuple(row) for row in rows), invoice.affiliation_id)
    return tuple(one for one in known if claim.equals(one.facts))


def _claimed(invoice: Invoice) -> Claim | None:
    if invoice.period_from is None or invoice.period_to is None or invoice.total is None:
        return None
    return Claim(invoice.form_code, invoice.period_from, invoice.period_to, invoice.total, frozenset(invoice.tags))


def _findings(claim: Claim, earlier: tuple[Found, ...], asked: frozenset[Decimal]) -> Iterator[Finding]:
    met = [one for one in earlier if claim.meets(one.facts)]
    same = [one for one in met if one.facts.total == claim.amount]
    own = next((one for one in same if one.facts.own), None)
    other = next((one for one in same if not one.facts.own), None)
    if own is not None:
        yield _own(own, claim.place)
    if other is not None and claim.amount in asked:
        yield _other(other.facts, claim.place)
    near = next((one for one in met if one.facts.own and one.facts.total != claim.amount), None)
    if near is not None and own is None:
        text = _("La facture {number} couvre déjà une partie de cette période, pour un autre montant.")
        facts = {"number": near.number, "invoice_id": str(near.invoice_id)}
        yield Finding("duplicate.overlap", Level.INFORMATION, claim.place, text, facts)


def _own(one: Found, place: str) -> Finding:
    params = {"number": one.number, "invoice_id": str(one.invoice_id)}
    if one.facts.paid_on:
        text = _(
            "Votre facture {number} pour cette personne, cette période et ce montant est déjà payée, le {paid_on}."
        )
        return warning("duplicate.own", place, text, paid_on=dates.format_date(one.facts.paid_on), **params)
    text = _("Votre facture {number} pour cette personne, cette période et ce montant est déjà en traitement.")
    return warning("duplicate.own", place, text, **params)


def _other(facts: Earlier, place: str) -> Finding:
    """Of another sender: no number, no name; the amount only because it equals what was typed."""
    if facts.paid_on:
        text = _("Une facture pour cette personne, cette période et ce montant est déjà payée, le {paid_on}.")
        return warning("duplicate.other", place, text, paid_on=dates.format_date(facts.paid_on))
    text = _("Une facture pour cette personne, cette période et ce montant est déjà en traitement.")
    return warning("duplicate.other", place, text)


def is_told(claim: Claim, earlier: tuple[Found, ...]) -> bool:
    """Whether another sender claims exactly this."""
    return any(not one.facts.own and claim.equals(one.facts) for one in earlier)


def is_repeated(claim: Claim, earlier: tuple[Found, ...]) -> bool:
    """Whether anybody claims exactly this: the desk is told, whatever the sender was."""
    return any(claim.equals(one.facts) for one in earlier)


def needs_look(claim: Claim, earlier: tuple[Found, ...]) -> bool:
    """Whether another sender's invoice is near enough for the amount to tell something."""
    return any(not one.facts.own and claim.meets(one.facts) for one in earlier)


def amounts_asked(affiliation_id: UUID, avs_number: str, form_code: str) -> frozenset[Decimal]:
    """What this sender has asked about already, for one person and form."""
    looks = DuplicateLook.objects.filter(affiliation_id=affiliation_id, avs_number=avs_number, form_code=form_code)
    return frozenset(looks.order_by("-at").values_list("amount", flat=True)[:MOST])


def may_ask(affiliation_id: UUID, avs_number: str) -> bool:
    """Whether a further amount may be asked about today."""
    recent = DuplicateLook.objects.filter(
        affiliation_id=affiliation_id, avs_number=avs_number, at__gt=timezone.now() - _DAY
    )
    return recent.count() < MOST_LOOKS
