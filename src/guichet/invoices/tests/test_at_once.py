"""What happens when many do it at once, each with a connection of its own."""

from __future__ import annotations

import threading
from collections import Counter
from decimal import Decimal
from uuid import uuid4

import psycopg
import pytest
from django.db import connection

from guichet import storage
from guichet.casework.errors import CaseError
from guichet.casework.models import NumberSeries
from guichet.config import database
from guichet.invoices.actions import assessing, deciding, drafts, payment, sending
from guichet.invoices.actions import desk as desk_acts
from guichet.invoices.models import Batch, Invoice, InvoiceVersion, Transmission
from guichet.invoices.reasons import Said
from guichet.invoices.states import Status
from guichet.invoices.tests import factories
from guichet.invoices.tests.factories import accepted, draft, opened, sent
from guichet.notify.models import OutboxItem
from guichet.tenancy.context import tenant

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.proves("REL-01")]


def at_once(insurer, *acts):
    """Run all acts in threads that start together; what each gave, or the name of the answer it got instead."""
    start, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        try:
            with tenant(insurer.pk):
                start.wait()
                results[place] = act()
        except (CaseError, drafts.FileRefused) as answer:
            results[place] = type(answer).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def fresh(invoice):
    return Invoice.objects.get(pk=invoice.pk)


def entries(test_database, action):
    with psycopg.connect(test_database.url(database.MIGRATE)) as owner:
        return owner.execute("SELECT count(*) FROM audit.entry WHERE action = %s", [action]).fetchone()[0]


def sender(invoice, by, key=None):
    """A browser that posts the confirmation."""
    return lambda: (
        sending.send(fresh(invoice), key=key or uuid4(), draft_no=invoice.draft_no, answered={}, by=by).receipt_code
    )


def traces(invoice, test_database, jobs):
    """Versions, numbers given, mails, PDFs to make, audit entries."""
    return (
        InvoiceVersion.objects.filter(case=invoice).count(),
        [series.last for series in NumberSeries.objects.all()],
        OutboxItem.objects.filter(template="invoices/sent").count(),
        len(jobs("invoices.print_version")),
        entries(test_database, "invoice.sent"),
    )


@pytest.mark.proves("FRM-05")
def test_twenty_sends_with_one_key_are_one(anna, vs, test_database, jobs):
    invoice, key = draft(by=anna), uuid4()
    receipts = at_once(vs, *[sender(invoice, anna, key)] * 20)
    assert len(set(receipts)) == 1
    assert traces(invoice, test_database, jobs) == (1, [1], 1, 1, 1)
    assert fresh(invoice).status == Status.IN_REVIEW


@pytest.mark.proves("FRM-05")
def test_of_twenty_sends_with_twenty_keys_one_wins(anna, vs, test_database, jobs):
    invoice = draft(by=anna)
    results = at_once(vs, *[sender(invoice, anna) for _ in range(20)])
    assert Counter(results)["NotEditable"] == 19
    assert traces(invoice, test_database, jobs) == (1, [1], 1, 1, 1)


@pytest.mark.proves("INV-07")
def test_ten_first_sends_get_ten_numbers(anna, vs):
    invoices = [draft(by=anna, attached=False) for _ in range(10)]
    for invoice in invoices:
        factories.attachment(invoice, by=anna)
    at_once(vs, *[sender(invoice, anna) for invoice in invoices])
    numbers = [fresh(invoice).number for invoice in invoices]
    assert sorted(number[-2:] for number in numbers) == [f"{n:02d}" for n in range(1, 11)]


@pytest.mark.proves("INV-21", "INV-23")
def test_of_accepting_and_asking_for_a_correction_one_wins(anna, desk, vs):
    for _ in range(5):
        invoice = opened(by=anna, agent=desk.agent)
        results = at_once(
            vs,
            lambda invoice=invoice: deciding.accept(fresh(invoice), version_no=1, by=desk.agent),
            lambda invoice=invoice: deciding.ask_correction(
                fresh(invoice), version_no=1, message="Date", pins={"remark": "?"}, by=desk.colleague
            ),
        )
        is_accepted = fresh(invoice).status == Status.ACCEPTED
        assert Counter(isinstance(result, str) for result in results) == {True: 1, False: 1}
        assert (Transmission.objects.filter(invoice=invoice).count(), invoice.pins.count()) == (
            (1, 0) if is_accepted else (0, 1)
        )
        assert OutboxItem.objects.filter(key__startswith="invoice-", key__contains=str(invoice.pk)).count() == 1


@pytest.mark.proves("INV-28")
def test_of_withdrawing_and_opening_one_wins(anna, desk, vs):
    for _ in range(5):
        invoice = sent(by=anna)
        withdrawn, seen = at_once(
            vs,
            lambda invoice=invoice: sending.withdraw(fresh(invoice), by=anna),
            lambda invoice=invoice: deciding.open_for_review(fresh(invoice), by=desk.agent),
        )
        now = fresh(invoice)
        outcome = (withdrawn, seen, now.status, now.opened_at is not None)
        assert outcome in {
            (None, False, Status.WITHDRAWN, False),
            ("Overtaken", True, Status.IN_REVIEW, True),
        }


@pytest.mark.proves("SEC-02")
def test_of_sending_a_correction_again_and_accepting_the_old_one_nothing_is_mixed(anna, desk, vs):
    """E04: the sender sends version 2 while an agent's page still shows version 1."""
    invoice = factories.to_correct(by=anna, agent=desk.agent)
    results = at_once(
        vs,
        sender(invoice, anna),
        lambda: deciding.accept(fresh(invoice), version_no=1, by=desk.agent),
    )
    assert (results[1], fresh(invoice).version_no, fresh(invoice).status) == ("Overtaken", 2, Status.IN_REVIEW)


@pytest.mark.proves("FRM-02")
def test_of_ten_tabs_saving_one_wins(anna, vs):
    invoice = draft(by=anna, attached=False)

    def save(words):
        return drafts.save_draft(
            fresh(invoice), raw=invoice.raw | {"remark": words}, draft_no=invoice.draft_no, by=anna
        )

    results = at_once(vs, *[lambda words=f"onglet {n}": save(words) for n in range(10)])
    now = fresh(invoice)
    assert Counter(results) == {"Stale": 9, invoice.draft_no + 1: 1}
    assert (now.draft_no, now.raw["remark"]) == (invoice.draft_no + 1, f"onglet {results.index(now.draft_no)}")


def test_of_saving_and_sending_one_wins(anna, vs):
    for _ in range(5):
        invoice = draft(by=anna)
        saved, receipt = at_once(
            vs,
            lambda invoice=invoice: drafts.save_draft(
                fresh(invoice), raw=invoice.raw | {"remark": "encore"}, draft_no=invoice.draft_no, by=anna
            ),
            sender(invoice, anna),
        )
        assert (saved in {"Stale", "NotEditable"}) != (receipt == "Stale")


@pytest.mark.proves("INV-25")
def test_of_two_batches_nothing_is_paid_twice(anna, desk, vs):
    for _ in range(8):
        accepted(by=anna, agent=desk.agent)
    results = at_once(vs, *[lambda: payment.make_batch(vs).count] * 2)
    counts = [count for count in results if count != "NothingToPay"]
    assert sum(counts) == 8
    files = [storage.read(batch.file).decode() for batch in Batch.objects.select_related("file")]
    paid = Counter(invoice.number for invoice in Invoice.objects.all() for file in files if invoice.number in file)
    assert set(paid.values()) == {1}
    assert Transmission.objects.filter(batch=None).count() == 0


def test_of_accepting_twenty_times_one_counts(anna, desk, vs):
    invoice = opened(by=anna, agent=desk.agent)
    results = at_once(vs, *[lambda: deciding.accept(fresh(invoice), version_no=1, by=desk.agent)] * 20)
    assert (results.count("Overtaken"), Transmission.objects.count()) == (19, 1)


@pytest.mark.proves("INV-04")
def test_of_two_colleagues_adding_a_person_one_wins(anna, company, vs):
    from guichet.invoices.models import Beneficiary

    number = factories.avs_number()
    results = at_once(
        vs,
        *[lambda by=by: factories.beneficiary(by=by, avs_number=number).avs_number for by in (anna, company.manager)],
    )
    assert (Counter(results), Beneficiary.objects.count()) == ({number: 1, "AlreadyThere": 1}, 1)


@pytest.mark.proves("FRM-06")
def test_of_two_workers_one_keeps_the_pdf(anna, vs):
    from guichet.invoices.actions import printing

    version = sent(by=anna).versions.get()
    at_once(vs, *[lambda: printing.store_pdf(str(version.pk))] * 2)
    version.refresh_from_db()
    assert storage.read(version.pdf)[:5] == b"%PDF-"


@pytest.mark.proves("INV-22")
def test_twenty_agents_take_every_invoice_once(anna, desk, vs, test_database):
    sent_ones = {sent(by=anna).pk for _ in range(12)}
    agents = [factories.staff(vs, "agent", "review") for _ in range(20)]

    def work(agent):
        taken = []
        while (one := desk_acts.take_next(by=agent)) is not None:
            taken.append(one.pk)
        return taken

    results = at_once(vs, *[lambda agent=agent: work(agent) for agent in agents])
    taken = [key for part in results for key in part]
    assert (len(taken), set(taken)) == (12, sent_ones)
    owners = dict(Invoice.objects.values_list("pk", "assigned_to_id"))
    assert all(owners[key] == agent.person.pk for agent, part in zip(agents, results, strict=True) for key in part)
    assert entries(test_database, "invoice.opened_by_office") == 12


@pytest.mark.proves("INV-23", "INV-24")
def test_of_two_agents_accepting_in_parts_one_wins(anna, desk, vs):
    invoice = opened(by=anna, agent=desk.agent)
    line = assessing.asked_lines(invoice.versions.get())[0]

    def accept(agent, amount):
        cuts = {line.key: assessing.Cut(Decimal(amount), Said(text="Tarif"))}
        return lambda: deciding.accept(fresh(invoice), version_no=1, cuts=cuts, by=agent).number

    results = at_once(vs, accept(desk.agent, "10.00"), accept(desk.colleague, "20.00"))
    assert Counter(results) == {invoice.number: 1, "Overtaken": 1}
    paid = Transmission.objects.get().amount
    assert paid == fresh(invoice).accepted_total == sum(one.accepted for one in invoice.line_decisions.all())


@pytest.mark.proves("INV-24")
def test_of_confirming_and_sending_back_one_wins(anna, desk, vs):
    vs.configuration |= {"four_eyes_above": 1}
    vs.save()
    for _ in range(3):
        invoice = sent(by=anna)
        deciding.accept(invoice, version_no=1, by=desk.agent)
        results = at_once(
            vs,
            lambda invoice=invoice: deciding.confirm(fresh(invoice), version_no=1, by=desk.colleague).status,
            lambda invoice=invoice: (
                deciding.send_back(fresh(invoice), version_no=1, text="Tarif ?", by=desk.administrator).status
            ),
        )
        assert Counter(results)["Overtaken"] == 1
        assert Transmission.objects.filter(invoice=invoice).count() == (fresh(invoice).status == Status.ACCEPTED)
