"""The PDF copy of what was sent, and its verification code."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from guichet import storage
from guichet.casework.receipts import new_receipt_code
from guichet.invoices.actions import beneficiaries, printing
from guichet.invoices.receipt import answers_of, receipt, sections
from guichet.invoices.tests import factories
from guichet.invoices.tests.factories import TRAVEL, sent
from guichet.printing.tests.reading import codes, letters, pages
from guichet.storage.models import StoredObject

pytestmark = pytest.mark.proves("FRM-06")


def printed(version):
    return letters("".join(pages(printing.render(version))))


def test_the_same_version_always_gives_the_same_bytes(anna):
    version = sent(by=anna).versions.get()
    assert printing.render(version) == printing.render(version)


def test_later_changes_do_not_reach_the_paper(anna):
    whom = factories.beneficiary(by=anna, last_name="Avant")
    version = sent(by=anna, whom=whom).versions.get()
    before = printing.render(version)
    beneficiaries.change_beneficiary(whom, facts={"last_name": "Après"}, by=anna)
    anna.person.first_name = "Nouvelle"
    anna.person.save()
    version = type(version).objects.get(pk=version.pk)
    assert printing.render(version) == before


def test_the_worker_keeps_the_pdf_once(anna, run_jobs):
    version = sent(by=anna).versions.get()
    at_once = printing.pdf_of(version)
    run_jobs()
    version.refresh_from_db()
    stored = version.pdf
    objects = StoredObject.objects.count()
    printing.store_pdf(str(version.pk))
    version.refresh_from_db()
    assert (version.pdf, StoredObject.objects.count()) == (stored, objects)
    assert storage.read(version.pdf) == printing.pdf_of(version) == at_once


def test_the_paper_says_who_what_when_and_how_much(anna):
    whom = factories.beneficiary(by=anna)
    invoice = sent(by=anna, whom=whom, remark="Merci d'avance.")
    version = invoice.versions.get()
    said = printed(version)
    wanted = (
        invoice.number,
        "318.632",
        "Exemple Lucie",
        f"756.9999.{whom.avs_number[7:11]}.{whom.avs_number[11:]}",
        "Foyer d'essai",
        "Anna Exemple",
        "Logopédie",
        "2 × 145.00",
        "CHF 370.50",
        "Merci d'avance.",
        "facture.pdf",
        version.receipt_code,
        version.content_hash[:16],
    )
    assert [words for words in wanted if letters(words) not in said] == []


def test_the_code_on_the_paper_leads_to_its_verification(anna):
    version = sent(by=anna).versions.get()
    assert codes(printing.render(version)) == [f"http://testserver/vs/verifier/{version.receipt_code}/"]


def test_a_code_cannot_be_guessed_and_can_be_read_aloud():
    made = {new_receipt_code() for _ in range(1000)}
    assert len(made) == 1000
    assert all(re.fullmatch(r"([2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}", code) for code in made)


@pytest.mark.proves("INV-11")
def test_the_paper_of_the_travel_form_says_how_it_was_computed(anna):
    invoice = sent(by=anna, code=TRAVEL)
    version = invoice.versions.get()
    said = printed(version)
    lines = version.computed["lines"]
    assert [line["how"] for line in lines if letters(line["how"]) not in said] == []


def test_the_paper_speaks_the_language_in_which_it_was_sent(anna):
    with translation.override("de"):
        version = sent(by=anna).versions.get()
        german = printing.render(version)
    with translation.override("fr"):
        assert printing.render(version) == german


def test_the_office_reads_the_same_words_as_the_paper(anna):
    version = sent(by=anna).versions.get()
    facts = {fact.place: fact.value for section in sections(version) for fact in section.facts}
    assert (facts["period_from"], facts["decision"], facts["service"]) == (
        "01.05.2026",
        "32320260001234",
        "Mesures médicales",
    )
    assert answers_of(version).lines[0].description == "Logopédie"
    assert [part["value"] for part in receipt(version, "")["totals"]] == ["CHF 370.50"]


@pytest.mark.proves("SEC-02")
def test_hostile_answers_are_printed_as_words(anna):
    hostile = '#read("/etc/passwd") \\ *x* `y` $z$ <b> @label //'
    assert letters(hostile) in printed(sent(by=anna, remark=hostile).versions.get())
