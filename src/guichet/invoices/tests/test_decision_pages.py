"""The office's pages of decisions, and what the sender sees beside the form (INV-10)."""

import io

import pytest
from django.urls import reverse

from guichet.invoices.models import LedgerEntry, OfficeDecision
from guichet.invoices.tests import factories
from guichet.invoices.tests.factories import draft, granted

pytestmark = [pytest.mark.django_db, pytest.mark.proves("INV-10")]
TYPED = {
    "number": "323 2026 0001234",
    "last_name": "Exemple",
    "first_name": "Lucie",
    "valid_from": "01.01.2026",
    "forms_covered": "318.632, 318.632.1",
    "quota_hours_month": "10",
    "quota_amount_year": "1'500",
    "term_degree": "medium",
}


@pytest.fixture
def whom(anna):
    return factories.beneficiary(by=anna)


@pytest.fixture
def agent(desk, browser):
    return browser(desk.agent)


def address(name, *args):
    return reverse(f"invoices:{name}", args=["vs", *args])


def test_confirming_a_typed_number_records_what_was_sent(anna, agent, whom):
    invoice = factories.sent(by=anna, whom=whom)
    there = f"{address('decision_add')}?facture={invoice.pk}"
    form = agent.get(there).context
    shown = {field.name: field.value for _title, rows in form["groups"] for row in rows for field in row}
    assert (shown["number"], shown["last_name"]) == ("32320260001234", "Exemple")
    answer = agent.post(there, TYPED | {"avs_number": whom.avs_number})
    assert answer["Location"] == address("review", invoice.pk)
    decision = OfficeDecision.objects.get()
    assert (decision.forms, decision.terms) == (["318.632", "318.632.1"], {"degree": "medium"})
    assert {(one.kind, one.per, one.limit) for one in decision.quotas.all()} == {
        ("hours", "month", 10),
        ("amount", "year", 1500),
    }
    assert LedgerEntry.objects.filter(invoice=invoice, act="reserved").count() == 2


def test_what_cannot_be_read_stays_and_is_named(agent, whom):
    answer = agent.post(address("decision_add"), {"number": "12", "valid_from": "2", "forms_covered": "999"})
    places = {error.anchor for error in answer.context["errors"]}
    assert (answer.status_code, OfficeDecision.objects.count()) == (422, 0)
    assert places == {
        f"id_{name}" for name in ("number", "avs_number", "last_name", "first_name", "valid_from", "forms_covered")
    }


def test_a_number_is_entered_once(agent, whom, desk):
    granted(whom, by=desk.agent)
    answer = agent.post(address("decision_add"), TYPED | {"avs_number": whom.avs_number})
    assert (answer.status_code, OfficeDecision.objects.count()) == (422, 1)


def test_a_used_quota_gets_another_limit_but_is_not_removed(anna, agent, desk, whom):
    decision = granted(whom, ("hours", "month", "10"), by=desk.agent)
    factories.sent(by=anna, whom=whom)
    there = address("decision", decision.pk)
    wished = TYPED | {"avs_number": whom.avs_number, "quota_amount_year": "", "quota_hours_month": ""}
    assert agent.post(there, wished).status_code == 409
    assert agent.post(there, wished | {"quota_hours_month": "12.5"}).status_code == 303
    assert [str(quota.limit) for quota in decision.quotas.all()] == ["12.50"]
    assert agent.get(there).status_code == 200
    assert agent.post(address("decision_archive", decision.pk)).status_code == 303
    assert OfficeDecision.objects.get().archived_at is not None


def test_decisions_are_found_by_number_and_name(agent, desk, whom, django_assert_num_queries):
    decision = granted(whom, by=desk.agent)
    for text in ("32320260001234", "exemple", whom.avs_number):
        rows = agent.get(address("decisions"), {"recherche": text}).context["rows"]
        assert [row["decision"] for row in rows] == [decision]
    assert agent.get(address("decisions"), {"recherche": "Personne"}).context["rows"] == []


def test_a_file_is_reported_row_by_row_before_anything_is_saved(agent, desk, whom):
    granted(whom, by=desk.agent, number="32320260009999")
    other = factories.avs_number()
    rows = [
        "Numéro;N° assuré;Nom;Prénom;Valable du;Valable au;Heures mois;Montant année",
        f"32320260000001;{other};Exemple;Paul;01.01.2026;31.12.2027;10;1500",
        f"32320260000001;{other};Exemple;Paul;01.01.2026;;;",
        f"32320260009999;{whom.avs_number};Exemple;Lucie;01.01.2026;;;",
        "12;756;;;hier;;;",
    ]
    file = io.BytesIO("\n".join(rows).encode())
    file.name = "decisions.csv"
    report = agent.post(address("decision_import"), {"file": file}).context
    assert [(line.number, len(line.faults)) for line in report["lines"]] == [(2, 0), (3, 1), (4, 1), (5, 5)]
    assert OfficeDecision.objects.count() == 1
    agent.post(address("decision_import"), {"token": report["token"]})
    entered = OfficeDecision.objects.get(number="32320260000001")
    assert {(one.kind, one.per, one.limit) for one in entered.quotas.all()} == {
        ("hours", "month", 10),
        ("amount", "year", 1500),
    }


def test_a_file_may_name_its_columns_in_the_words_of_the_form_and_of_the_reader(agent):
    agent.cookies["guichet-language"] = "de"
    rows = [
        "Verfügungsnummer;AHV-Nummer;Name;Vorname;Gültig ab",
        f"12;{factories.avs_number()};Exemple;Paul;01.01.2026",
    ]
    file = io.BytesIO("\n".join(rows).encode())
    file.name = "verfuegungen.csv"
    (line,) = agent.post(address("decision_import"), {"file": file}).context["lines"]
    assert [(line.person, fault.split(" : ")[0]) for fault in line.faults] == [("Exemple Paul", "Verfügungsnummer")]


def test_a_file_without_its_columns_or_unreadable_is_refused(agent):
    for content, name, status in ((b"a;b\n1;2", "a.csv", 422), (b"%PDF-1.7", "a.pdf", 415)):
        file = io.BytesIO(content)
        file.name = name
        assert agent.post(address("decision_import"), {"file": file}).status_code == status
    assert agent.post(address("decision_import"), {}).status_code == 422
    assert agent.post(address("decision_import"), {"token": "x"}).status_code == 409


def test_the_sender_sees_what_is_left_and_explains_what_goes_over(anna, desk, browser, whom):
    granted(whom, ("hours", "month", "1.5"), by=desk.agent)
    invoice = draft(by=anna, whom=whom)
    page = browser(anna).get(address("confirm", invoice.pk))
    text = " ".join(page.content.decode().split())
    assert "Reste après cette facture : <strong>-0.5 heure</strong>" in text
    assert [warning["name"] for warning in page.context["warnings"]] == [
        "answer:ledger.over.hours.month.2026-05@decision"
    ]
    answer = browser(anna).post(address("confirm", invoice.pk), {"token": page.context["token"]})
    assert (answer.status_code, LedgerEntry.objects.count()) == (422, 0)
    explained = {"token": answer.context["token"], "answer:ledger.over.hours.month.2026-05@decision": "Urgence"}
    assert browser(anna).post(address("confirm", invoice.pk), explained).status_code == 303
    assert LedgerEntry.objects.get().over is True


def test_a_number_nobody_entered_is_shown_as_not_verified(anna, browser, whom):
    invoice = draft(by=anna, whom=whom)
    text = browser(anna).get(address("entry", invoice.pk)).content.decode()
    assert "Non vérifié" in text
