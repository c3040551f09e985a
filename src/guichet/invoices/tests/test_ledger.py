"""The decision as a ledger: what the office granted, what invoices reserve, consume and give back (INV-10)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from guichet.casework.errors import Blocked
from guichet.formspec.findings import words
from guichet.invoices import checking
from guichet.invoices.actions import deciding, decisions, ledger, sending
from guichet.invoices.formtypes.base import Computation, ComputedLine
from guichet.invoices.granting import balance_words
from guichet.invoices.models import LedgerEntry, QuotaBalance
from guichet.invoices.queries import ledger as queries
from guichet.invoices.tests import factories
from guichet.invoices.tests.factories import draft, granted, send

pytestmark = [pytest.mark.django_db, pytest.mark.proves("INV-10")]
TOTAL = Decimal("370.50")  # the example of May 2026: 2 hours at 145.00 and a report of 80.50
APRIL: dict[str, Any] = {
    "period_from": "01.04.2026",
    "period_to": "30.04.2026",
    "lines": [
        {"description": "Logopédie", "quantity": "2", "unit": "hour", "price": "145.00"},
        {"description": "Rapport", "quantity": "1", "unit": "lump", "price": "80.50"},
    ],
}


@pytest.fixture
def whom(anna):
    return factories.beneficiary(by=anna)


@pytest.fixture
def decide(desk, whom):
    """`decide(("hours", "month", "10"))` enters the decision of the forms' example for Lucie."""

    def entering(*quotas, **facts):
        return granted(whom, *quotas, by=desk.agent, **facts)

    return entering


def findings(invoice, by):
    return {one.code: words(one) for one in checking.check(invoice, by=by).findings}


def balances():
    return {
        (one.quota.kind, one.bucket): (one.reserved, one.consumed)
        for one in QuotaBalance.objects.select_related("quota")
    }


def acts(invoice):
    return [(one.act, one.quantity) for one in LedgerEntry.objects.filter(invoice=invoice).order_by("at", "act")]


def test_a_number_the_office_did_not_enter_consumes_nothing(anna, whom):
    invoice = draft(by=anna, whom=whom)
    assert checking.known(invoice, by=anna).office.state == "unverified"
    assert findings(invoice, anna) == {}
    send(invoice, by=anna)
    assert acts(invoice) == []


def test_sending_reserves_and_accepting_consumes(anna, desk, whom, decide):
    decide(("amount", "year", "1000"), ("hours", "month", "10"))
    invoice = draft(by=anna, whom=whom)
    send(invoice, by=anna)
    assert balances() == {("amount", "2026"): (TOTAL, 0), ("hours", "2026-05"): (2, 0)}
    deciding.accept(invoice, version_no=1, by=desk.agent)
    assert balances() == {("amount", "2026"): (0, TOTAL), ("hours", "2026-05"): (0, 2)}


@pytest.mark.parametrize("way", ["withdraw", "refuse", "ask_correction"])
def test_what_is_not_accepted_is_given_back(anna, desk, whom, decide, way):
    decide(("amount", "total", "1000"))
    invoice = draft(by=anna, whom=whom)
    send(invoice, by=anna)
    match way:
        case "withdraw":
            sending.withdraw(invoice, by=anna)
        case "refuse":
            deciding.refuse(invoice, version_no=1, message="Non", by=desk.agent)
        case "ask_correction":
            deciding.ask_correction(invoice, version_no=1, message="Date", pins={}, by=desk.agent)
    assert balances() == {("amount", "all"): (0, 0)}
    assert acts(invoice) == [("reserved", TOTAL), ("released", TOTAL)]


def test_a_correction_sent_again_reserves_anew(anna, desk, whom, decide):
    decide(("amount", "total", "400"))
    invoice = factories.to_correct(by=anna, agent=desk.agent, whom=whom)
    send(invoice, by=anna)
    assert balances() == {("amount", "all"): (TOTAL, 0)}


def test_what_is_accepted_in_part_is_consumed_in_part(anna, whom, decide):
    decide(("amount", "year", "1000"), ("hours", "month", "10"))
    invoice = draft(by=anna, whom=whom)
    send(invoice, by=anna)
    report = ComputedLine("lines-1", "Rapport", Decimal("80.50"), "")
    ledger.settle(invoice, accepted=Computation((report,)))
    assert balances() == {("amount", "2026"): (0, Decimal("80.50")), ("hours", "2026-05"): (0, 0)}
    ledger.release(invoice)
    assert balances() == {("amount", "2026"): (0, 0), ("hours", "2026-05"): (0, 0)}


def test_over_the_quota_is_not_sent_without_an_explanation(anna, whom, decide):
    decide(("hours", "month", "1.5"))
    invoice = draft(by=anna, whom=whom)
    said = "La décision accorde 1.5 heure (05.2026). Il reste 1.5 heure ; cette facture demande 2 heures."
    assert findings(invoice, anna) == {"ledger.over.hours.month.2026-05": said}
    with pytest.raises(Blocked):
        send(invoice, by=anna)
    assert (acts(invoice), balances()) == ([], {})
    version = send(invoice, by=anna, **{"ledger.over.hours.month.2026-05@decision": "Urgence médicale"})
    assert balances() == {("hours", "2026-05"): (2, 0)}
    assert [entry.over for entry in LedgerEntry.objects.all()] == [True]
    assert [(one["code"], one["answer"]) for one in version.warnings] == [
        ("ledger.over.hours.month.2026-05", "Urgence médicale")
    ]


def test_the_sending_decides_not_the_page_before(anna, whom, decide):
    """Two invoices that fit, each alone; the second finds the quota used since its page was read."""
    decide(("amount", "year", "400"))
    first, second = draft(by=anna, whom=whom), draft(by=anna, whom=whom, **APRIL)
    facts = checking.known(second, by=anna)
    reading = checking.check(second, by=anna, facts=facts)
    assert reading.findings == ()
    send(first, by=anna)
    context = checking.context_for(second, by=anna, facts=facts)
    with pytest.raises(Blocked) as blocked, transaction.atomic():
        ledger.reserve(reading, facts.office, context, said={})
    assert [one.code for one in blocked.value.reading.findings] == ["ledger.over.amount.year.2026"]
    assert balances() == {("amount", "2026"): (TOTAL, 0)}


def test_a_decision_of_another_person_says_nothing_of_that_person(anna, desk, whom):
    stranger = factories.beneficiary(by=anna, last_name="Secret", first_name="Paul")
    granted(stranger, ("amount", "year", "1000"), by=desk.agent)
    invoice = draft(by=anna, whom=whom)
    office = checking.known(invoice, by=anna).office
    assert (office.state, office.decision, office.quotas) == ("foreign", None, ())
    assert findings(invoice, anna) == {
        "ledger.foreign": "Ce numéro de décision ne concerne pas cette personne. Vérifiez le numéro."
    }


def test_validity_forms_and_overlap_are_warned_of(anna, desk, whom, decide):
    decide(forms=["318.632.1"], valid_from=date(2025, 1, 1), valid_to=date(2026, 5, 10))
    granted(whom, by=desk.agent, number="32320260009999", valid_from=date(2026, 5, 1), valid_to=None)
    assert findings(draft(by=anna, whom=whom), anna) == {
        "ledger.outside": "La décision est valable du 01.01.2025 au 10.05.2026 : la période de la facture en sort.",
        "ledger.form": "La décision ne couvre pas le formulaire 318.632.",
        "ledger.overlap": "Une autre décision couvre aussi cette période : indiquez pourquoi celle-ci s'applique.",
    }


def test_trips_and_money_count_in_their_own_month(anna, whom, decide):
    decide(("trips", "month", "2"), ("amount", "month", "500"))
    trips = [
        {"on": day, "origin": "Sion", "destination": "Sierre", "way": "return", "times": times, "transport": "public",
         "ticket": "10.00"}
        for day, times in (("30.12.2025", "2"), ("05.01.2026", "1"))
    ]  # fmt: skip
    invoice = draft(by=anna, code=factories.TRAVEL, whom=whom, account=factories.account_of(anna), trips=trips)
    send(invoice, by=anna)
    assert balances() == {
        ("trips", "2025-12"): (2, 0),
        ("trips", "2026-01"): (1, 0),
        ("amount", "2025-12"): (20, 0),
        ("amount", "2026-01"): (10, 0),
    }


def test_confirming_records_what_was_sent_before(anna, desk, whom):
    paid, waiting = factories.accepted(by=anna, agent=desk.agent, whom=whom), draft(by=anna, whom=whom, **APRIL)
    send(waiting, by=anna)
    granted(whom, ("amount", "year", "500"), by=desk.agent)
    assert balances() == {("amount", "2026"): (TOTAL, TOTAL)}
    assert acts(paid) == [("reserved", TOTAL), ("consumed", TOTAL)]
    assert LedgerEntry.objects.get(invoice=waiting).over is True


def test_what_was_taken_can_neither_be_changed_nor_deleted(anna, whom, decide):
    decide(("amount", "year", "1000"))
    send(draft(by=anna, whom=whom), by=anna)
    for statement in ("UPDATE invoices_ledgerentry SET quantity = 1", "DELETE FROM invoices_ledgerentry"):
        with pytest.raises(IntegrityError, match="immutable"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_an_archived_decision_is_a_number_like_any_other(anna, desk, whom, decide):
    decisions.archive(decide(("amount", "year", "1")), by=desk.agent)
    assert checking.known(draft(by=anna, whom=whom), by=anna).office.state == "unverified"


def test_the_page_of_a_decision_nobody_used_yet_says_what_is_left(desk, decide):
    decision = decide(("hours", "month", "10"))
    balances, _entries = queries.use_of(decision)
    [words] = [balance_words(balance) for balance in balances]
    assert (words["consumed"], words["reserved"], words["rest"]) == ("0 heure", "0 heure", "10 heures")
