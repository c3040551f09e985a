"""Batches: what is accepted is handed over once, at its time, whatever happens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from lxml import etree

from guichet import storage
from guichet.invoices.actions import payment
from guichet.invoices.models import Batch, Transmission
from guichet.invoices.pain001 import NAMESPACE
from guichet.invoices.states import Status
from guichet.invoices.tasks import daily_batches
from guichet.invoices.tests import factories
from guichet.invoices.tests.factories import DEBTOR, accepted, bank_account, beneficiary
from guichet.kernel.bank import with_qrr_digit
from guichet.tenancy.context import tenant

pytestmark = pytest.mark.proves("INV-25")


def ids_in(batch):
    return [node.text for node in etree.fromstring(storage.read(batch.file)).iter(f"{{{NAMESPACE}}}EndToEndId")]


def configure(insurer, **changes):
    insurer.configuration |= changes
    insurer.save()


def test_a_batch_takes_all_that_waits_once(anna, desk, vs, audited):
    invoices = [accepted(by=anna, agent=desk.agent) for _ in range(3)]
    batch = payment.make_batch(vs, by=desk.administrator)
    with pytest.raises(payment.NothingToPay):
        payment.make_batch(vs, by=desk.administrator)
    for invoice in invoices:
        invoice.refresh_from_db()
    assert (batch.count, batch.control_sum, batch.created_by) == (3, Decimal("1111.50"), desk.administrator.person)
    assert sorted(ids_in(batch)) == sorted(invoice.number for invoice in invoices)
    assert [invoice.status for invoice in invoices] == [Status.TRANSMITTED] * 3
    assert [invoice.events.filter(act="transmitted").count() for invoice in invoices] == [1, 1, 1]
    assert audited[-1]["action"] == "batch.made"


def test_only_accepted_invoices_are_paid(anna, desk, vs):
    factories.sent(by=anna)
    factories.refused(by=anna, agent=desk.agent)
    factories.to_correct(by=anna, agent=desk.agent)
    with pytest.raises(payment.NothingToPay):
        payment.make_batch(vs)


@pytest.mark.parametrize("debtor", [{"name": "X", "iban": ""}, {"name": "X", "iban": "CH4431999123000889012"}])
def test_the_debtor_has_an_account_that_can_pay(anna, desk, vs, debtor):
    accepted(by=anna, agent=desk.agent)
    configure(vs, debtor=debtor)
    with pytest.raises(payment.DebtorMissing):
        payment.make_batch(vs)


@pytest.mark.parametrize(
    ("made", "executed"),
    [
        ("2026-11-23", "2026-11-24"),
        ("2026-11-20", "2026-11-23"),
        ("2026-12-24", "2026-12-28"),
        ("2026-12-07", "2026-12-09"),
    ],
)
def test_it_is_executed_on_the_next_working_day_of_the_canton(anna, desk, vs, made, executed):
    accepted(by=anna, agent=desk.agent)
    with time_machine.travel(datetime.fromisoformat(f"{made}T12:00:00+00:00"), tick=False):
        assert str(payment.make_batch(vs).execution_date) == executed


def test_a_qr_iban_is_paid_with_the_reference_of_the_profile(vs, desk):
    by = factories.partner(vs, qr=True).manager
    reference = with_qrr_digit("210000000003139471430009")
    accepted(by=by, agent=desk.agent, whom=beneficiary(by=by, payment_reference=reference))
    root = etree.fromstring(storage.read(payment.make_batch(vs).file))
    assert root.findtext(f".//{{{NAMESPACE}}}Strd//{{{NAMESPACE}}}Ref") == reference


def test_a_reference_that_does_not_go_with_the_account_is_not_transmitted(anna, desk, vs):
    reference = with_qrr_digit("210000000003139471430009")
    invoice = accepted(by=anna, agent=desk.agent, whom=beneficiary(by=anna, payment_reference=reference))
    root = etree.fromstring(storage.read(payment.make_batch(vs).file))
    assert root.findtext(f".//{{{NAMESPACE}}}Ustrd") == f"{invoice.number} 2026-0512"


def test_what_no_bank_takes_is_left_out_and_shown(anna, desk, vs):
    foreign = accepted(
        by=anna, agent=desk.agent, whom=beneficiary(by=anna, iban="DE89370400440532013000"), account="beneficiary"
    )
    with pytest.raises(payment.NothingToPay):
        payment.make_batch(vs)
    domestic = accepted(by=anna, agent=desk.agent)
    assert ids_in(payment.make_batch(vs)) == [domestic.number]
    foreign.refresh_from_db()
    assert foreign.status == Status.ACCEPTED
    assert [(one.invoice, code) for one, code in payment.left_out(vs)] == [(foreign, "iban.foreign")]


def test_an_account_changed_after_acceptance_changes_nothing(anna, desk, vs, company):
    accepted(by=anna, agent=desk.agent)
    before = company.account.iban
    company.account.iban = factories.iban()
    company.account.save()
    root = etree.fromstring(storage.read(payment.make_batch(vs).file))
    assert root.findtext(f".//{{{NAMESPACE}}}CdtrAcct//{{{NAMESPACE}}}IBAN") == before


def run_at(moment):
    """The periodic job at a moment of UTC."""
    with time_machine.travel(moment, tick=False):
        daily_batches(timestamp=int(moment.timestamp()))


def batches(vs):
    return Batch.objects.filter(insurer=vs).count()


@pytest.mark.parametrize(
    ("utc", "made"),
    [("2026-11-23T16:55", 0), ("2026-11-23T17:00", 1), ("2026-11-23T20:55", 1), ("2026-11-23T21:00", 0)],
)
def test_the_daily_batch_is_made_at_six_in_the_evening_of_zurich(anna, desk, vs, utc, made):
    accepted(by=anna, agent=desk.agent)
    run_at(datetime.fromisoformat(f"{utc}:00+00:00"))
    assert batches(vs) == made


def test_there_is_one_automatic_batch_a_day_beside_those_by_button(anna, desk, vs):
    accepted(by=anna, agent=desk.agent)
    payment.make_batch(vs, by=desk.administrator)
    counts = []
    for minutes in (0, 5, 10, 24 * 60):
        accepted(by=anna, agent=desk.agent)
        run_at(datetime(2026, 11, 23, 17, 0, tzinfo=UTC) + timedelta(minutes=minutes))
        counts.append(batches(vs))
    assert counts == [2, 2, 2, 3]
    assert Transmission.objects.filter(batch=None).count() == 0


def every_five_minutes(start, hours):
    for minutes in range(0, hours * 60, 5):
        yield start + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("midnight", "first"),
    [
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), "2026-10-25T00:30:00+00:00"),  # 02:30 comes twice
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), "2026-03-29T01:30:00+00:00"),  # 02:30 is left out: 03:30
        (datetime(2026, 11, 22, 23, 0, tzinfo=UTC), "2026-11-23T01:30:00+00:00"),
    ],
)
def test_clocks_that_jump_an_hour_neither_repeat_nor_skip_a_batch(anna, desk, vs, midnight, first):
    configure(vs, batch_time="02:30")
    made = []
    for moment in every_five_minutes(midnight, 5):
        if Transmission.objects.filter(batch=None).count() == 0:
            accepted(by=anna, agent=desk.agent)
        run_at(moment)
        if batches(vs) > len(made):
            made.append(moment.isoformat())
    assert made == [first]


def test_a_time_just_before_midnight_is_not_missed(anna, desk, vs):
    configure(vs, batch_time="23:58")
    accepted(by=anna, agent=desk.agent)
    run_at(datetime(2026, 11, 23, 22, 55, tzinfo=UTC))
    before = batches(vs)
    run_at(datetime(2026, 11, 23, 23, 0, tzinfo=UTC))
    assert (before, batches(vs)) == (0, 1)


@pytest.mark.proves("REL-08")
def test_one_insurers_trouble_keeps_nobody_else_waiting(anna, desk, vs):
    """The first insurer's configuration is nonsense; the job fails visibly, after the second got its batch."""
    configure(vs, batch_time="dix-huit heures")
    berne = factories.insurer("be", configuration={"debtor": DEBTOR, "power_required": "never"})
    with tenant(berne.pk):
        accepted(by=factories.partner(berne).manager, agent=factories.office(berne).agent)
    with pytest.raises(ValueError, match="dix-huit heures"):
        run_at(datetime(2026, 11, 23, 17, 0, tzinfo=UTC))
    with tenant(berne.pk):
        assert batches(berne) == 1


def test_an_insurer_without_the_system_or_the_debtor_is_passed_over(anna, desk, vs):
    accepted(by=anna, agent=desk.agent)
    factories.insurer("be", systems=[])
    configure(vs, debtor={"name": "", "iban": ""})
    run_at(datetime(2026, 11, 23, 17, 0, tzinfo=UTC))
    assert batches(vs) == 0


def test_two_accounts_of_a_company_are_paid_apart(anna, desk, vs, company):
    second = bank_account(by=company.manager)
    for account in (company.account, second):
        accepted(by=anna, agent=desk.agent, account=account)
    root = etree.fromstring(storage.read(payment.make_batch(vs).file))
    paid = {node.text for node in root.iterfind(f".//{{{NAMESPACE}}}CdtrAcct//{{{NAMESPACE}}}IBAN")}
    assert paid == {company.account.iban, second.iban}
