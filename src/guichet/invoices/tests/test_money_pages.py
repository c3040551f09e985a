"""Where the money is: the sender's « Versements », the office's rejections and the bank's files."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from guichet import readers
from guichet.invoices.actions import payment, settling
from guichet.invoices.models import BankMessage, Invoice
from guichet.invoices.queries import payouts
from guichet.invoices.states import Status
from guichet.invoices.tests import factories
from guichet.invoices.tests.bank import camt054, pain002

NOVEMBER = payouts.Month(date(2026, 11, 1))
pytestmark = pytest.mark.proves("INV-15")


@pytest.fixture
def handed_over(anna, desk, vs):
    """`handed_over(count)`: numbers of invoices that are in a batch."""

    def make(count):
        invoices = [factories.accepted(by=anna, agent=desk.agent) for _ in range(count)]
        payment.make_batch(vs, by=desk.administrator)
        return [invoice.number for invoice in invoices]

    return make


def answered(desk, vs, data):
    return settling.read_message(data, insurer=vs, by=desk.administrator)


def xml(data):
    return SimpleUploadedFile("camt.054.xml", data)


def test_a_month_shows_what_was_booked_and_what_differs(browser, anna, desk, vs, handed_over):
    first, second = handed_over(2)
    answered(desk, vs, camt054([(first, "370.50", {}), (second, "360.00", {})]))
    page = browser(anna).get("/vs/versements/?mois=2026-11").content.decode()
    assert (first in page, second in page, "-10.50" in page, "La banque a comptabilisé un autre montant" in page) == (
        True,
        True,
        True,
        True,
    )
    assert payouts.totals(anna, NOVEMBER) == payouts.Totals(Decimal("730.50"), Decimal(0), 2)
    assert payouts.totals(anna, NOVEMBER.back(1)).count == 0


def test_what_is_accepted_and_not_booked_is_under_way(anna, desk, vs, handed_over):
    (first,) = handed_over(1)
    factories.accepted(by=anna, agent=desk.agent)
    assert payouts.underway(anna) == (2, Decimal("741.00"))
    answered(desk, vs, camt054([(first, "370.50", {})]))
    assert payouts.underway(anna) == (1, Decimal("370.50"))


def test_pages_follow_one_another_without_gaps(anna, desk, vs, handed_over):
    numbers = handed_over(5)
    answered(desk, vs, camt054([(number, "370.50", {}) for number in numbers]))
    seen, after = [], ""
    while True:
        rows = payouts.settlements(anna, NOVEMBER, after=after, most=2)
        seen += [row.transmission.invoice.number for row in rows[:2]]
        if len(rows) <= 2:
            break
        after = str(rows[1].pk)
    assert sorted(seen) == sorted(numbers)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.proves("PERF-02")
def test_the_page_costs_the_same_with_many_rows(
    browser, anna, desk, vs, handed_over, django_assert_max_num_queries, count
):
    answered(desk, vs, camt054([(number, "370.50", {}) for number in handed_over(count)]))
    us = browser(anna)
    us.get("/vs/versements/")
    with django_assert_max_num_queries(10):
        us.get("/vs/versements/?mois=2026-11")


def test_another_company_sees_nothing_of_it(browser, desk, vs, handed_over):
    (first,) = handed_over(1)
    answered(desk, vs, camt054([(first, "370.50", {})]))
    other = factories.partner(vs, "Autre SA").manager
    page = browser(other).get("/vs/versements/?mois=2026-11").content.decode()
    assert (first in page, payouts.totals(other, NOVEMBER).count) == (False, 0)


def test_the_export_holds_what_the_page_shows(browser, anna, desk, vs, handed_over):
    (first,) = handed_over(1)
    answered(desk, vs, camt054([(first, "360.00", {"reference": "RF18539007547034"})]))
    us = browser(anna)
    text = us.get("/vs/versements/export.csv?mois=2026-11").content.decode("utf-8-sig")
    head, line = csv.reader(io.StringIO(text), delimiter=";")
    said = dict(zip(head, line, strict=True))
    assert (said["Numéro"], said["Demandé"], said["Versé"], said["Différence"], said["Référence"]) == (
        first,
        "370.50",
        "360.00",
        "-10.50",
        "RF18539007547034",
    )
    table = readers.table(us.get("/vs/versements/export.xlsx?mois=2026-11").content, name="v.xlsx", most_rows=10)
    assert table.rows[-1].texts[1] == first
    assert us.get("/vs/versements/export.ods").status_code == 404


@pytest.mark.parametrize("text", ["=1+1", "+41", "-x", "@cmd"])
def test_no_text_of_the_export_is_a_formula(browser, anna, desk, vs, text):
    whom = factories.beneficiary(by=anna, last_name=text)
    number = factories.accepted(by=anna, agent=desk.agent, whom=whom).number
    payment.make_batch(vs)
    answered(desk, vs, camt054([(number, "370.50", {})]))
    lines = browser(anna).get("/vs/versements/export.csv?mois=2026-11").content.decode("utf-8-sig").splitlines()
    assert lines[1].split(";")[2][:2] == f" {text[0]}"


@pytest.mark.proves("INV-25")
def test_an_administrator_reads_the_bank_s_file(browser, desk, handed_over):
    (first,) = handed_over(1)
    us = browser(desk.administrator)
    answer = us.post("/vs/bureau/paiements/reponses/lire/", {"file": xml(camt054([(first, "370.50", {})]))})
    message = BankMessage.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/vs/bureau/paiements/reponses/{message.pk}/")
    assert first in us.get(answer["Location"]).content.decode()
    assert Invoice.objects.get(number=first).status == Status.PAID


@pytest.mark.proves("INV-25")
@pytest.mark.parametrize(
    ("files", "status", "said"),
    [
        ({}, 422, "Choisissez un fichier."),
        ({"file": b"<a/>"}, 415, "ni un pain.002 ni un camt.054"),
        ({"file": b"%PDF-1.7"}, 415, "Ce fichier ne se lit pas"),
    ],
)
def test_other_files_get_a_clear_answer(browser, desk, files, status, said):
    sent = {name: xml(data) for name, data in files.items()}
    answer = browser(desk.administrator).post("/vs/bureau/paiements/reponses/lire/", sent)
    assert (answer.status_code, said in answer.content.decode()) == (status, True)


@pytest.mark.proves("INV-25")
def test_a_rejection_stands_on_the_payments_page_until_somebody_deals_with_it(browser, desk, vs, handed_over):
    first, second = handed_over(2)
    answered(desk, vs, pain002([(name, "RJCT", "AC01", "Compte inconnu") for name in (first, second)]))
    us = browser(desk.administrator)
    page = us.get("/vs/bureau/paiements/").content.decode()
    assert (page.count("AC01 Compte inconnu"), page.count("Transmettre à nouveau")) == (2, 2)
    ids = {invoice.number: invoice.pk for invoice in Invoice.objects.all()}
    us.post(f"/vs/bureau/paiements/rejets/{ids[first]}/renvoyer/")
    us.post(f"/vs/bureau/paiements/rejets/{ids[second]}/corriger/", {"message": "Ce compte est fermé."})
    page = us.get("/vs/bureau/paiements/").content.decode()
    assert (page.count("Transmettre à nouveau"), page.count("Part avec le prochain lot")) == (0, 1)
    assert Invoice.objects.get(number=second).status == Status.TO_CORRECT


@pytest.mark.proves("INV-25")
def test_a_correction_after_a_rejection_needs_words(browser, desk, vs, handed_over):
    (first,) = handed_over(1)
    answered(desk, vs, pain002([(first, "RJCT", "AC01", "")]))
    invoice = Invoice.objects.get(number=first)
    browser(desk.administrator).post(f"/vs/bureau/paiements/rejets/{invoice.pk}/corriger/", {"message": " "})
    assert Invoice.objects.get(number=first).status == Status.REJECTED


@pytest.mark.parametrize(
    ("text", "first"), [("2026-02", date(2026, 2, 1)), ("", None), ("2026-13", None), ("x-y", None), ("26", None)]
)
def test_a_month_of_the_address_is_read_or_is_this_one(text, first):
    with time_machine.travel("2026-11-22", tick=False):
        month = payouts.Month.parse(text, today=date(2026, 11, 22))
    assert month.first == (first or date(2026, 11, 1))
