"""What others send in somebody's name: seen by her alone, contested, answered by the office (INV-30)."""

from __future__ import annotations

import pytest

from guichet.casework.errors import Overtaken, ReasonMissing
from guichet.invoices.actions import deciding, objections
from guichet.invoices.models import Invoice, Objection
from guichet.invoices.queries import PAGE, persons
from guichet.invoices.tests import factories
from guichet.invoices.tests.test_queries import many
from guichet.tenancy.context import tenant

pytestmark = pytest.mark.proves("INV-30")


@pytest.fixture
def invoice(anna):
    return factories.sent(by=anna)


@pytest.fixture
def herself(vs, invoice):
    return factories.insured(vs, invoice.beneficiary)


def contested(invoice, herself, text="Je n'ai pas reçu cette prestation."):
    return objections.object_to(invoice, version_no=1, text=text, by=herself)


def test_she_sees_what_anybody_sent_and_nothing_of_others(vs, invoice, herself, anna):
    other = factories.partner(vs, "Autre société")
    same = {name: getattr(invoice.beneficiary, name) for name in ("avs_number", "last_name", "first_name")}
    theirs = factories.sent(by=other.collaborator, whom=factories.beneficiary(by=other.collaborator, **same))
    factories.sent(by=anna)
    rows = persons.in_name(herself, persons.numbers_of(herself)).rows
    assert [row.pk for row in rows] == [theirs.pk, invoice.pk]


def test_her_list_shows_the_sender_but_no_document_and_no_account(browser, invoice, herself):
    client = browser(herself)
    for path in ("/vs/a-mon-nom/", f"/vs/a-mon-nom/{invoice.pk}/"):
        page = client.get(path).content.decode()
        assert ("Foyer d&#x27;essai" in page, "facture.pdf" in page) == (True, False)
        assert invoice.account.iban not in page
    for path in (f"/vs/factures/{invoice.pk}/", f"/vs/factures/{invoice.pk}/pdf/"):
        assert client.get(path).status_code == 404


def test_other_people_other_companies_and_other_offices_see_nothing(vs, browser, invoice, herself, company):
    strangers = [factories.insured(vs, name="Autre Personne"), company.manager]
    for stranger in strangers:
        assert browser(stranger).get(f"/vs/a-mon-nom/{invoice.pk}/").status_code == 404
        assert browser(stranger).post(f"/vs/a-mon-nom/{invoice.pk}/", {"reason": "Non"}).status_code == 404
    berne = factories.insurer("be")
    with tenant(berne.pk):
        namesake = factories.insured(berne, invoice.beneficiary)
        assert persons.in_name(namesake, persons.numbers_of(namesake)).rows == []


def test_pages_cost_the_same(invoice, herself, django_assert_num_queries):
    numbers = persons.numbers_of(herself)
    with django_assert_num_queries(1):
        assert len(persons.in_name(herself, numbers).rows) == 1
    many(invoice, PAGE + 30)
    with django_assert_num_queries(1):
        page = persons.in_name(herself, numbers)
    rest = persons.in_name(herself, numbers, after=page.next)
    assert (len(page.rows), len(rest.rows), rest.next) == (PAGE, 31, "")


def test_an_objection_marks_the_invoice_and_tells_the_sender_only_that(invoice, herself, browser, anna, mailbox):
    contested(invoice, herself, "Zqraison")
    invoice.refresh_from_db()
    assert "contested" in invoice.flags
    page = browser(anna).get(f"/vs/factures/{invoice.pk}/").content.decode()
    assert ("Contestée par la personne assurée" in page, "Zqraison" in page) == (True, False)
    mail = mailbox()[-1]
    assert (mail.to, "conteste" in mail.subject, "Zqraison" in mail.text) == (anna.person.email, True, False)


def test_there_is_one_objection_to_a_version(invoice, herself, anna, desk):
    with pytest.raises(ReasonMissing):
        contested(invoice, herself, "  ")
    contested(invoice, herself)
    with pytest.raises(Overtaken):
        contested(invoice, herself)
    deciding.ask_correction(invoice, version_no=1, message="Corrigez.", pins={}, by=desk.agent)
    invoice.refresh_from_db()
    factories.send(invoice, by=anna)
    with pytest.raises(Overtaken):
        contested(invoice, herself)
    objections.object_to(invoice, version_no=2, text="Toujours pas.", by=herself)
    assert Objection.objects.count() == 2


def test_nobody_else_may_object_nor_she_to_her_own(vs, invoice, herself, company):
    for stranger in (factories.insured(vs, name="Autre Personne"), company.manager):
        with pytest.raises(objections.NotYours):
            contested(invoice, stranger)
    own = factories.sent(by=herself, whom=factories.beneficiary(by=herself, avs_number=invoice.avs_number))
    with pytest.raises(Overtaken):
        contested(own, herself)


def test_a_contested_invoice_waits_for_an_answer(invoice, herself, desk, browser, mailbox):
    objection = contested(invoice, herself)
    with pytest.raises(deciding.Contested):
        deciding.accept(invoice, version_no=1, by=desk.agent)
    client = browser(desk.agent)
    deciding.open_for_review(invoice, by=desk.agent)
    page = client.get(f"/vs/bureau/factures/{invoice.pk}/").content.decode()
    assert "Je n&#x27;ai pas reçu cette prestation." in page
    accepted = client.post(f"/vs/bureau/factures/{invoice.pk}/decider/", {"do": "accept", "version": "1"})
    assert accepted.status_code == 409
    there = f"/vs/bureau/factures/{invoice.pk}/contestations/{objection.pk}/"
    assert client.post(there, {"do": "dismiss", "answer": " "}).status_code == 422
    assert Objection.objects.get().state == "waiting"
    assert client.post(there, {"do": "dismiss", "answer": "Le rapport le montre."}).status_code == 303
    assert client.post(there, {"do": "uphold", "answer": "Trop tard."}).status_code == 409
    invoice.refresh_from_db()
    assert ("contested" in invoice.flags, Objection.objects.get().state) == (False, "refused")
    assert deciding.accept(invoice, version_no=1, by=desk.agent).status == "accepted"
    assert "Le rapport le montre." in browser(herself).get(f"/vs/a-mon-nom/{invoice.pk}/").content.decode()
    assert [mail.to for mail in mailbox() if "répondu" in mail.subject] == [herself.person.email]


def test_who_is_right_leaves_the_mark(invoice, herself, desk):
    objections.answer(contested(invoice, herself), upheld=True, text="Vous avez raison.", by=desk.agent)
    assert "contested" in Invoice.objects.get(pk=invoice.pk).flags


@pytest.mark.parametrize(
    ("wish", "status", "told"), [("refuse", "refused", "refusée"), ("correct", "to_correct", "correction")]
)
def test_who_is_right_has_the_invoice_refused_or_sent_back_in_the_same_act(
    invoice, herself, anna, desk, browser, mailbox, wish, status, told
):
    objection = contested(invoice, herself)
    deciding.open_for_review(invoice, by=desk.agent)
    there = f"/vs/bureau/factures/{invoice.pk}/contestations/{objection.pk}/"
    client, typed = browser(desk.agent), {"do": wish, "answer": "Vous avez raison."}
    page = client.post(there, typed)
    assert (page.status_code, [error.anchor for error in page.context["errors"]]) == (422, ["id_to_sender"])
    assert (Objection.objects.get().state, "Vous avez raison." in page.content.decode()) == ("waiting", True)
    assert client.post(there, typed | {"to_sender": "Cette prestation est à revoir."}).status_code == 303
    invoice.refresh_from_db()
    assert (invoice.status, invoice.message, Objection.objects.get().state) == (
        status,
        "Cette prestation est à revoir.",
        "accepted",
    )
    assert [mail.to for mail in mailbox() if told in mail.subject] == [anna.person.email]


def test_an_objection_to_an_invoice_decided_meanwhile_is_not_answered_by_halves(invoice, herself, desk):
    objection = contested(invoice, herself)
    deciding.refuse(invoice, version_no=1, message="Déjà vu.", by=desk.agent)
    with pytest.raises(Overtaken):
        objections.uphold(objection, text="Oui.", then="refuse", message="Non couverte.", by=desk.agent)
    assert Objection.objects.get().state == "waiting"
