"""Fifty senders against one quota, each with a connection of its own (INV-10)."""

from __future__ import annotations

from collections import Counter
from uuid import uuid4

import pytest

from guichet.casework.errors import Blocked
from guichet.invoices.actions import deciding, sending
from guichet.invoices.models import Invoice, LedgerEntry, QuotaBalance
from guichet.invoices.tests import factories
from guichet.invoices.tests.factories import draft, granted, send
from guichet.invoices.tests.test_at_once import at_once, fresh

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.proves("INV-10", "REL-01")]
SENDERS, FIT = 50, 20


def invoices(anna, whom, count):
    """Invoices of one month, an hour each, none like another."""
    made = []
    for number in range(count):
        line = {"description": f"Séance {number}", "quantity": "1", "unit": "hour", "price": f"{100 + number}.00"}
        day = f"{1 + number % 28:02d}.05.2026"
        made.append(draft(by=anna, whom=whom, attached=False, period_from=day, period_to="", lines=[line]))
        factories.attachment(made[-1], by=anna)
    return made


def sender(invoice, by, warnings):
    def act():
        try:
            sending.send(fresh(invoice), key=uuid4(), draft_no=invoice.draft_no, answered=warnings, by=by)
        except Blocked as blocked:
            return ", ".join(sorted(one.code for one in blocked.reading.findings))
        return "sent"

    return act


def test_fifty_senders_never_take_more_than_there_is(anna, desk, vs):
    whom = factories.beneficiary(by=anna)
    granted(whom, ("hours", "month", str(FIT)), by=desk.agent)
    made = invoices(anna, whom, SENDERS)
    results = at_once(vs, *[sender(invoice, anna, {}) for invoice in made])
    over = "ledger.over.hours.month.2026-05"
    assert Counter(results) == {"sent": FIT, over: SENDERS - FIT}
    balance = QuotaBalance.objects.get()
    assert (balance.reserved, balance.consumed) == (FIT, 0)
    assert Counter(invoice.status for invoice in Invoice.objects.all()) == {"in_review": FIT, "draft": SENDERS - FIT}
    assert LedgerEntry.objects.filter(act="reserved").count() == FIT


def test_sending_accepting_and_refusing_at_once_adds_up(anna, desk, vs):
    whom = factories.beneficiary(by=anna)
    granted(whom, ("hours", "month", "12"), ("hours", "year", "12"), by=desk.agent)
    made = invoices(anna, whom, 12)
    for invoice in made[:8]:
        send(invoice, by=anna)
    at_once(
        vs,
        *[lambda one=one: deciding.accept(fresh(one), version_no=1, by=desk.agent) for one in made[:4]],
        *[lambda one=one: deciding.refuse(fresh(one), version_no=1, message="Non", by=desk.agent) for one in made[4:8]],
        *[sender(one, anna, {}) for one in made[8:]],
    )
    assert {(one.bucket, one.reserved, one.consumed) for one in QuotaBalance.objects.all()} == {
        ("2026-05", 4, 4),
        ("2026", 4, 4),
    }
