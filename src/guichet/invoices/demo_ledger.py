"""Decisions of the demo's office: some with much left, some nearly used up, one over; one old refusal under a hold."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from guichet.invoices.actions import decisions, drafts, retention
from guichet.invoices.demo_words import said
from guichet.invoices.models import Invoice
from guichet.invoices.states import Status

if TYPE_CHECKING:
    from guichet.accounts.access import Actor

_SHARES: Final = ("4.0", "1.15", "2.5", "1.05", "0.8", "3.0", "1.2", "6.0")
"""Limit of each decision as a multiple of what its invoice already took: below one is over."""


def seed_decisions(agent: Actor, *, sender: Actor, account: str) -> None:
    """The office enters the decisions of the latest invoices; what was sent under them is recorded."""
    sent = Invoice.objects.filter(insurer=agent.insurer, affiliation=sender.affiliation, sent_at__isnull=False)
    used = sent.exclude(status__in=[Status.REFUSED, Status.WITHDRAWN, Status.TO_CORRECT]).select_related("beneficiary")
    seen: set[str] = set()
    for invoice in used.order_by("-sent_at", "-id")[: 4 * len(_SHARES)]:
        person = invoice.beneficiary
        if person is None or person.avs_number in seen or len(seen) == len(_SHARES):
            continue
        _enter(invoice, Decimal(_SHARES[len(seen)]), agent)
        if len(seen) == 1:
            _draft(invoice, sender, account)
        seen.add(person.avs_number)
    refused = sent.filter(status=Status.REFUSED).order_by("sent_at", "id").first()
    if refused:
        retention.place_hold(refused, reason=said("Recours au tribunal cantonal, S1 26 114"), by=agent)


def _enter(invoice: Invoice, share: Decimal, agent: Actor) -> None:
    person, total = invoice.beneficiary, invoice.total or Decimal(0)
    assert person is not None  # noqa: S101 -- what was sent names somebody
    limit = (total * share).quantize(Decimal(1)) + 1
    counted = ("trips", "24") if invoice.form_code == "318.632.1" else ("hours", "40")
    decisions.enter(
        decisions.Granting(
            number=invoice.decision_number,
            avs_number=person.avs_number,
            last_name=person.last_name,
            first_name=person.first_name,
            valid_from=date(2025, 7, 1),
            valid_to=date(2027, 6, 30),
            forms=() if share > 1 else (invoice.form_code,),
            description=said("Mesures médicales 2025–2027"),
            limits=(
                decisions.Limit("amount", "year", limit),
                decisions.Limit(counted[0], "month", Decimal(counted[1])),
            ),
        ),
        by=agent,
    )


def _draft(invoice: Invoice, sender: Actor, account: str) -> None:
    """A draft that goes beyond what is left of a decision."""
    raw = {
        "beneficiary": str(invoice.beneficiary_id),
        "account": account,
        "decision": invoice.decision_number,
        "period_from": "02.11.2026",
        "service": "medical",
        "lines": [{"description": "Logopédie", "quantity": "6", "unit": "hour", "price": "145.00"}],
    }
    drafts.open_draft(code="318.632", raw=raw, by=sender)
