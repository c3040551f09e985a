"""The demo's rates of next year, and invoices somebody has sent twice."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from guichet.invoices import demo
from guichet.invoices.actions import beneficiaries, drafts, rates
from guichet.invoices.demo_bills import bill
from guichet.invoices.demo_words import said
from guichet.invoices.models import Invoice
from guichet.invoices.states import Status
from guichet.kernel import dates

if TYPE_CHECKING:
    from guichet.accounts.access import Actor
    from guichet.invoices.models import Beneficiary

_COPIED = ("last_name", "first_name", "street", "house_no", "postcode", "town", "country", "birth_date", "sex")
_NEXT_YEAR = (
    ("CA_HOUR", "36.10", "RAI 39f al. 1 (annonce du 15.10.2026, démonstration)"),
    ("CA_HOUR_QUAL", "54.15", "RAI 39f al. 2 (annonce du 15.10.2026, démonstration)"),
    ("CA_NIGHT_MAX", "172.95", "RAI 39f al. 3 (annonce du 15.10.2026, démonstration)"),
)


def seed_rates(administrator: Actor) -> None:
    """Rates of next year, entered ahead; one was taken back."""
    first = date(timezone.localdate().year + 1, 1, 1)
    for code, amount, source in _NEXT_YEAR:
        rates.add_rate(code=code, valid_from=first, amount=Decimal(amount), source=source, by=administrator)
    wrong = rates.add_rate(
        code="KM_AUTO", valid_from=first, amount=Decimal("0.54"), source="Faute de frappe", by=administrator
    )
    rates.withdraw_rate(wrong, by=administrator)


def seed_repeated(sender: Actor, other: Actor | None) -> None:
    """The latest open invoice again: once by its own sender, once by another company with the same person."""
    waiting = Invoice.objects.filter(status=Status.IN_REVIEW, form_code="318.632", affiliation=sender.affiliation)
    first = waiting.select_related("beneficiary").order_by("-sent_at", "-id").first()
    if first is None or first.beneficiary is None:
        return
    _send_again(first, {}, said("La séance a eu lieu deux fois, matin et soir."), by=sender)
    if other is not None:
        person = _same_person(first.beneficiary, by=other)
        _send_again(first, {"beneficiary": str(person.pk), "account": "beneficiary"}, "", by=other)


def _same_person(known: Beneficiary, *, by: Actor) -> Beneficiary:
    facts = {name: getattr(known, name) for name in (*_COPIED, "avs_number", "iban", "representative_name")}
    return beneficiaries.add_beneficiary(facts=facts, by=by)


def _send_again(first: Invoice, changes: dict[str, str], reason: str, *, by: Actor) -> None:
    invoice = drafts.open_draft(code=first.form_code, raw=first.raw | changes, by=by)
    day = dates.format_date(timezone.localdate() - timedelta(days=1))
    data = bill(amount=str(first.total), number="2026-0099", day=day, label="Prestation")
    drafts.attach(invoice, source=io.BytesIO(data), name="facture-2026-0099.pdf", by=by)
    demo.send_answered(invoice, reason or "Vérifié.", by=by)
