"""A person alone at the counter: her forms, menu and data; further persons somebody represents (INV-16, ACC-08)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from guichet.accounts.actions import own_data
from guichet.accounts.actions.bank import StepUpNeededError
from guichet.accounts.errors import ConflictError
from guichet.accounts.models import AffiliationKind, Identity, LoginSession, Partner
from guichet.casework.errors import Overtaken, ReasonMissing
from guichet.invoices.actions import beneficiaries, representations
from guichet.invoices.models import Beneficiary, Representation
from guichet.invoices.queries import persons
from guichet.invoices.tests import factories
from guichet.invoices.tests.factories import PDF
from guichet.invoices.tests.test_powers import paper

pytestmark = pytest.mark.proves("INV-16")


@pytest.fixture
def lucie(vs):
    return factories.insured(vs)


@pytest.fixture
def mother(vs):
    return factories.insured(vs, name="Ève Exemple", kind=AffiliationKind.REPRESENTATIVE)


@pytest.fixture
def vetter(vs):
    return factories.staff(vs, "agent", "vet")


def said(lucie, **changes):
    known = {name: getattr(lucie.person, name) for name in ("last_name", "first_name")}
    partner = Partner.objects.get(pk=lucie.affiliation.partner_id)
    known |= {name: getattr(partner, name) for name in ("street", "house_no", "postcode", "town")}
    return own_data.OwnData(**(known | {"iban": Identity.objects.get(affiliation=lucie.affiliation).iban} | changes))


def fresh(browser, actor):
    client = browser(actor)
    LoginSession.objects.filter(person=actor.person).update(stepped_up_at=timezone.now())
    return client, LoginSession.objects.get(person=actor.person)


def child(**changes):
    return {
        "last_name": "Exemple", "first_name": "Léo", "avs_number": factories.avs_number(),
        "birth_date": date(2015, 2, 3), "sex": "m", "iban": factories.iban(),
    } | changes  # fmt: skip


def test_her_menu_speaks_of_her_and_offers_her_forms(browser, lucie, anna):
    hers, ours = (browser(who).get("/vs/guichet/").content.decode() for who in (lucie, anna))
    shown = [word in hers for word in ("Mes données", "Procurations", "À mon nom", "Bénéficiaires", "Ma société")]
    assert shown == [True, True, True, False, False]
    assert ("318.632.1" in hers, "318.636" in hers, "318.636" in ours) == (True, False, True)
    assert browser(lucie).post("/vs/factures/nouvelle/318.636/").status_code == 404


def test_a_receipt_is_taken_with_the_camera(browser, lucie):
    client = browser(lucie)
    there = client.post("/vs/factures/nouvelle/318.632.1/").url
    assert 'capture="environment"' in client.get(there).content.decode()


def test_her_profile_changes_only_with_both_factors(browser, lucie):
    mine = beneficiaries.own_beneficiary(by=lucie)
    client = browser(lucie)
    for path in (f"/vs/beneficiaires/{mine.pk}/", "/vs/beneficiaires/ajouter/"):
        assert client.get(path).status_code == 404
    there = client.get("/vs/mon-compte/donnees/")
    assert there.url == "/vs/confirmation/?next=/vs/mon-compte/donnees/".replace("=/", "=%2F").replace(
        "vs/mon-compte/donnees/", "vs%2Fmon-compte%2Fdonnees%2F"
    )


@pytest.mark.proves("ACC-08")
def test_another_iban_follows_to_the_profile_and_marks_what_is_open(browser, lucie, mailbox):
    mine = beneficiaries.own_beneficiary(by=lucie)
    waiting = factories.sent(by=lucie, whom=mine, account="beneficiary")
    client, _session = fresh(browser, lucie)
    iban, facts = factories.iban(), said(lucie)
    posted = {name: getattr(facts, name) for name in ("last_name", "first_name", "street", "house_no")}
    posted |= {"postcode": "3960", "town": "Sierre", "iban": iban}
    assert client.post("/vs/mon-compte/donnees/", posted).status_code == 302
    mine.refresh_from_db()
    waiting.refresh_from_db()
    assert (mine.iban, mine.town, "new_iban" in waiting.flags) == (iban, "Sierre", True)
    assert [mail.subject for mail in mailbox() if mail.to == lucie.person.email][-1] == "Votre IBAN a été modifié"


@pytest.mark.proves("ACC-08")
def test_own_data_want_the_step_up_and_a_person(browser, lucie, anna):
    _client, session = fresh(browser, lucie)
    session.stepped_up_at = None
    with pytest.raises(StepUpNeededError):
        own_data.change(by=lucie, session=session, data=said(lucie))
    with pytest.raises(ConflictError):
        own_data.change(by=anna, session=session, data=said(lucie))
    assert browser(anna).get("/vs/mon-compte/donnees/").status_code == 404


@pytest.mark.proves("ACC-08")
def test_what_does_not_differ_leaves_no_trace(browser, lucie, audited):
    _client, session = fresh(browser, lucie)
    facts = said(lucie)
    Partner.objects.filter(pk=lucie.affiliation.partner_id).update(name=str(lucie.person))
    audited.clear()
    own_data.change(by=lucie, session=session, data=facts)
    assert audited == []


def test_a_wrong_account_is_said_at_its_field(browser, lucie):
    client, _session = fresh(browser, lucie)
    answer = client.post("/vs/mon-compte/donnees/", {"iban": factories.iban(qr=True), "postcode": "99", "town": "Sion"})
    assert answer.status_code == 422
    assert "Un QR-IBAN ne convient pas à une personne" in answer.content.decode()


def test_a_further_person_is_asked_vetted_and_invoiced_for(browser, mother, vetter, mailbox):
    client, desk = browser(mother), browser(vetter)
    typed = child() | {"birth_date": "03.02.2015"}
    assert client.post("/vs/mes-donnees/personnes/ajouter/", typed).status_code == 422
    posted = typed | {"proof": SimpleUploadedFile("acte.pdf", PDF)}
    assert client.post("/vs/mes-donnees/personnes/ajouter/", posted).status_code == 303
    posted = typed | {"proof": SimpleUploadedFile("acte.pdf", PDF)}
    assert client.post("/vs/mes-donnees/personnes/ajouter/", posted).status_code == 422
    asked = Representation.objects.get()
    assert persons.numbers_of(mother) == (Identity.objects.get().avs_number,)
    assert "Exemple Léo" in desk.get("/vs/bureau/representations/").content.decode()
    there = f"/vs/bureau/representations/{asked.pk}/"
    assert desk.get(f"{there}acte/").content == PDF
    assert desk.post(there, {"do": "refuse"}).status_code == 422
    assert desk.post(there, {"do": "accept"}).status_code == 303
    assert desk.post(there, {"do": "accept"}).status_code == 409
    profile = Beneficiary.objects.get(avs_number=typed["avs_number"])
    assert (profile.affiliation, profile.representative_name) == (mother.affiliation, "Ève Exemple")
    assert persons.numbers_of(mother)[1:] == (typed["avs_number"],)
    assert "Léo Exemple" in client.get("/vs/mes-donnees/").content.decode()
    assert mother.person.email in [mail.to for mail in mailbox() if "représentation" in mail.subject]


def test_a_refusal_says_why_and_may_be_asked_again(mother, vetter):
    asked = representations.ask(facts=child(), proof=paper(), by=mother)
    with pytest.raises(ReasonMissing):
        representations.decide(asked, accepted=False, reason=" ", by=vetter)
    representations.decide(asked, accepted=False, reason="Acte illisible.", by=vetter)
    with pytest.raises(Overtaken):
        representations.decide(asked, accepted=True, by=vetter)
    again = representations.ask(facts=child(avs_number=asked.avs_number), proof=paper(), by=mother)
    assert (again.state, Beneficiary.objects.count()) == ("waiting", 0)


def test_only_representatives_act_for_others(browser, lucie, anna, mother, vs):
    for who in (lucie, anna):
        with pytest.raises(representations.NoRepresentative):
            representations.ask(facts=child(), proof=paper(), by=who)
        assert browser(who).get(reverse("invoices:represent", args=["vs"])).status_code == 404
    own = Identity.objects.get(affiliation=mother.affiliation).avs_number
    with pytest.raises(representations.KnownAlready):
        representations.ask(facts=child(avs_number=own), proof=paper(), by=mother)


@pytest.mark.parametrize(("days", "warned"), [(61, False), (60, True), (-400, True)])
def test_the_power_of_a_parent_ends_at_eighteen(browser, mother, days, warned):
    today = timezone.localdate()
    born = persons.birthday(today + timedelta(days=days), -18)
    Identity.objects.update(birth_date=born)
    mother.affiliation.requested_at = timezone.now() - timedelta(days=500)
    mother.affiliation.save()
    page = browser(mother).get("/vs/mes-donnees/").content.decode()
    assert ("le pouvoir des parents prend fin" in page) == warned


def test_who_was_of_age_at_registration_has_a_guardian_not_a_parent(browser, mother):
    Identity.objects.update(birth_date=date(1960, 1, 1))
    page = browser(mother).get("/vs/mes-donnees/").content.decode()
    assert "le pouvoir des parents prend fin" not in page


def test_a_birthday_on_29_february_is_on_1_march():
    assert persons.birthday(date(2008, 2, 29), 18) == date(2026, 3, 1)
    assert persons.birthday(date(2008, 2, 29), 4) == date(2012, 2, 29)
