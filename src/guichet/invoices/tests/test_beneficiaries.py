"""The people a company invoices for, and their decision numbers."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from guichet.accounts.tests.invented import avs_number
from guichet.audit.subject import reference
from guichet.casework.uploads import Checked
from guichet.invoices.actions import beneficiaries
from guichet.invoices.models import Beneficiary, Decision
from guichet.invoices.tests import factories
from guichet.invoices.tests.factories import PDF, beneficiary, draft, sent
from guichet.storage.models import StoredObject

pytestmark = pytest.mark.proves("INV-04")

NUMBER = "32320260001234"


def test_a_beneficiary_is_found_by_name_without_accents(anna, audited):
    added = beneficiary(by=anna, last_name="Müller-Çelik", first_name="Éloïse")
    assert added.search == "muller-celik eloise muller-celik"
    [entry] = audited
    assert (entry["action"], entry["object_id"]) == ("beneficiary.added", str(added.pk))
    assert entry["subject_ref"] == reference(added.avs_number, insurer_id=anna.insurer.pk)
    assert added.avs_number not in str(entry)


def test_a_company_has_a_person_once(anna, company):
    number = avs_number()
    beneficiary(by=anna, avs_number=number)
    with pytest.raises(beneficiaries.AlreadyThere):
        beneficiary(by=company.manager, avs_number=number)
    assert Beneficiary.objects.count() == 1


def test_two_companies_may_have_the_same_person(anna, vs):
    number = avs_number()
    beneficiary(by=anna, avs_number=number)
    beneficiary(by=factories.partner(vs, "Autre foyer").manager, avs_number=number)
    assert Beneficiary.objects.filter(avs_number=number).count() == 2


def test_a_changed_number_is_checked_too(anna):
    first, second = beneficiary(by=anna), beneficiary(by=anna)
    with pytest.raises(beneficiaries.AlreadyThere):
        beneficiaries.change_beneficiary(second, facts={"avs_number": first.avs_number}, by=anna)


@pytest.mark.proves("FRM-09")
def test_a_refused_profile_leaves_no_bytes_behind(anna, settings, tmp_path):
    settings.STORAGE_ROOT, settings.KEY_STORE = tmp_path / "objects", tmp_path / "keys"
    person = beneficiary(by=anna)
    paper = Checked(data=PDF, name="procuration.pdf", media_type="application/pdf", pages=1, state="clean")
    other = beneficiary(by=anna)
    with pytest.raises(beneficiaries.AlreadyThere):
        beneficiaries.change_beneficiary(
            other, facts={"avs_number": person.avs_number}, power_of_attorney=paper, by=anna
        )
    assert (StoredObject.objects.count(), list(tmp_path.rglob("*.*"))) == (0, [])


def test_a_power_of_attorney_is_kept_with_the_profile(anna):
    paper = Checked(data=PDF, name="procuration.pdf", media_type="application/pdf", pages=1, state="clean")
    person = beneficiary(by=anna)
    beneficiaries.change_beneficiary(person, facts={}, power_of_attorney=paper, by=anna)
    stored = Beneficiary.objects.get(pk=person.pk)
    assert (stored.power_of_attorney_name, stored.power_of_attorney.size) == ("procuration.pdf", len(PDF))


@pytest.mark.proves("INV-03")
@pytest.mark.parametrize("state", ["draft", "sent", "to_correct", "accepted"])
def test_a_beneficiary_with_an_open_invoice_stays(anna, desk, state):
    agent = {"agent": desk.agent} if state in {"to_correct", "accepted"} else {}
    person = beneficiary(by=anna)
    invoice = getattr(factories, state)(by=anna, whom=person, **agent)
    with pytest.raises(beneficiaries.StillUsed) as refused:
        beneficiaries.remove_beneficiary(person, by=anna)
    assert refused.value.invoices == [invoice]
    assert Beneficiary.objects.visible_to(anna).get() == person


@pytest.mark.proves("INV-03")
@pytest.mark.parametrize("state", ["refused", "withdrawn"])
def test_a_beneficiary_whose_invoices_are_closed_can_go(anna, desk, state):
    agent = {"agent": desk.agent} if state == "refused" else {}
    person = beneficiary(by=anna)
    invoice = getattr(factories, state)(by=anna, whom=person, **agent)
    beneficiaries.remove_beneficiary(person, by=anna)
    invoice.refresh_from_db()
    assert (Beneficiary.objects.visible_to(anna).count(), invoice.beneficiary) == (0, person)


def test_removing_twice_is_recorded_once_and_the_number_is_free_again(anna, audited):
    person = beneficiary(by=anna)
    for _ in range(2):
        beneficiaries.remove_beneficiary(person, by=anna)
    beneficiary(by=anna, avs_number=person.avs_number)
    assert [entry["action"] for entry in audited] == ["beneficiary.added", "beneficiary.removed", "beneficiary.added"]


@pytest.mark.proves("SEC-02")
def test_a_beneficiary_is_seen_by_its_company_only(anna, desk, vs):
    beneficiary(by=anna)
    stranger = factories.partner(vs, "Autre foyer").manager
    seen = [Beneficiary.objects.visible_to(who).count() for who in (anna, stranger, desk.agent, desk.administrator)]
    assert seen == [1, 0, 0, 0]


def test_a_decision_is_remembered_once_and_its_description_renewed(anna, audited):
    person = beneficiary(by=anna)
    written = len(audited)
    for description in ("Logopédie", "", "Logopédie", "Ergothérapie"):
        beneficiaries.remember_decision(person, number=NUMBER, description=description, by=anna)
    assert list(Decision.objects.values_list("number", "description")) == [(NUMBER, "Ergothérapie")]
    assert [entry["action"] for entry in audited[written:]] == ["beneficiary.decision_saved"] * 2


def test_an_unused_decision_is_deleted_and_a_used_one_archived(anna):
    person = beneficiary(by=anna)
    unused = beneficiaries.remember_decision(person, number="32320260009999", description="", by=anna)
    used = beneficiaries.remember_decision(person, number=NUMBER, description="", by=anna)
    sent(by=anna, whom=person)
    for decision in (unused, used):
        beneficiaries.forget_decision(person, decision_id=decision.pk, by=anna)
    assert [(left.number, left.archived_at is not None) for left in Decision.objects.all()] == [(NUMBER, True)]
    assert beneficiaries.remember_decision(person, number=NUMBER, description="", by=anna) != used


def test_a_draft_does_not_use_a_decision_yet(anna):
    person = beneficiary(by=anna)
    decision = beneficiaries.remember_decision(person, number=NUMBER, description="", by=anna)
    draft(by=anna, whom=person)
    beneficiaries.forget_decision(person, decision_id=decision.pk, by=anna)
    assert Decision.objects.count() == 0


@pytest.mark.proves("SEC-02")
def test_forgetting_somebody_elses_decision_does_nothing(anna, vs):
    stranger = factories.partner(vs, "Autre foyer").manager
    theirs = beneficiaries.remember_decision(beneficiary(by=stranger), number=NUMBER, description="", by=stranger)
    mine = beneficiary(by=anna)
    for decision_id in (theirs.pk, uuid4()):
        beneficiaries.forget_decision(mine, decision_id=decision_id, by=anna)
    assert Decision.objects.get() == theirs


def test_the_database_refuses_a_second_living_decision_of_that_number(anna):
    person = beneficiary(by=anna)
    decision = beneficiaries.remember_decision(person, number=NUMBER, description="", by=anna)
    with pytest.raises(IntegrityError, match="decision_once"), transaction.atomic():
        Decision.objects.create(insurer=anna.insurer, beneficiary=person, number=decision.number)
