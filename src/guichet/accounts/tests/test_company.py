"""« Ma société »: members, invitations, bank accounts (ORG-01, ORG-04, ORG-05; A23, B07–B10)."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from guichet.accounts.demo_people import demo_iban
from guichet.accounts.models import BankAccount, Invitation, LoginSession, Membership, Person
from guichet.accounts.tests.people import PASSWORD

NEW = {
    "last_name": "Neuve",
    "first_name": "Line",
    "role": "collaborator",
    "email": "line@x.example",
    "mobile": "079 123 45 67",
}
MANAGER_PAGES = [
    "ma-societe/",
    "ma-societe/collaborateurs/nouveau/",
    "ma-societe/collaborateurs/{member}/",
    "ma-societe/collaborateurs/{member}/supprimer/",
    "ma-societe/comptes/nouveau/",
    "ma-societe/comptes/{account}/",
    "ma-societe/comptes/{account}/supprimer/",
]


def row(person):
    return Membership.objects.get(person=person, removed_at=None)


def add(space, **changes):
    return space.signed_in(space.manager).post(space.url("ma-societe/collaborateurs/nouveau/"), NEW | changes)


def remove(space, person, by=None):
    browser = space.signed_in(by or space.manager)
    return browser.post(space.url(f"ma-societe/collaborateurs/{row(person).pk}/supprimer/"))


def account(space, **changes):
    values = {"iban": demo_iban("00765", 4711), "holder": "Foyer de l'Aubépine", "label": "Compte principal"} | changes
    return space.signed_in(space.manager).post(space.url("ma-societe/comptes/nouveau/"), values)


@pytest.mark.proves("ORG-01")
def test_invited_colleague_sets_a_password_and_logs_in(vs):
    assert add(vs)["Location"] == vs.url("ma-societe/")
    link = vs.link("line@x.example")
    assert Client().get(link).status_code == 200
    joined = Client().post(link, {"password": PASSWORD, "again": PASSWORD})
    assert (joined.status_code, joined["Location"]) == (302, vs.url())
    person = Person.objects.get(email="line@x.example")
    assert (person.first_name, person.last_name, person.mobile) == ("Line", "Neuve", "+41791234567")
    browser = vs.sign_in(person)
    assert browser.get(vs.url("mon-compte/")).status_code == 200
    assert browser.get(vs.url("ma-societe/")).status_code == 403
    page = vs.signed_in(vs.manager).get(vs.url("ma-societe/")).content.decode()
    assert re.findall(r"<th scope=\"row\"><a [^>]+>([^<]+)</a></th>", page)[:2] == ["Gérant Gérard", "Neuve Line"]


@pytest.mark.proves("ORG-01")
def test_invitation_waits_in_the_list_until_it_is_used(vs):
    add(vs)
    page = vs.signed_in(vs.manager).get(vs.url("ma-societe/")).content.decode()
    assert "Invitations en attente" in page
    assert "line@x.example" in page


@pytest.mark.proves("ORG-01", "SEC-02")
def test_invitation_link_works_once(vs):
    """A23."""
    add(vs)
    link = vs.link("line@x.example")
    answers = [Client().post(link, {"password": PASSWORD, "again": PASSWORD}).status_code for _ in range(2)]
    assert [*answers, Client().get(link).status_code] == [302, 410, 410]


@pytest.mark.proves("ORG-01", "SEC-02")
def test_invitation_link_lives_seven_days(vs):
    """A23."""
    add(vs)
    link = vs.link("line@x.example")
    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23)):
        assert Client().get(link).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1)):
        assert Client().get(link).status_code == 410


@pytest.mark.proves("ORG-01", "SEC-02")
def test_invitation_can_be_revoked(vs):
    """A23."""
    add(vs)
    link, invitation = vs.link("line@x.example"), Invitation.objects.get(email="line@x.example")
    browser = vs.signed_in(vs.manager)
    assert browser.post(vs.url(f"ma-societe/invitations/{invitation.pk}/annuler/")).status_code == 302
    assert Client().get(link).status_code == 410
    assert browser.post(vs.url(f"ma-societe/invitations/{invitation.pk}/annuler/")).status_code == 404


@pytest.mark.proves("ORG-01")
def test_invitation_sent_again_has_a_new_link(vs):
    add(vs)
    old, invitation = vs.link("line@x.example"), Invitation.objects.get(email="line@x.example")
    vs.signed_in(vs.manager).post(vs.url(f"ma-societe/invitations/{invitation.pk}/renvoyer/"))
    new = vs.link("line@x.example")
    assert (Client().get(old).status_code, Client().get(new).status_code) == (410, 200)


@pytest.mark.proves("ORG-01", "SEC-02")
def test_invitation_is_not_for_somebody_else(vs):
    """A23."""
    add(vs)
    assert vs.signed_in(vs.manager).get(vs.link("line@x.example")).status_code == 403


@pytest.mark.proves("ORG-01", "ORG-03")
def test_invitation_of_a_known_address_joins_the_account_it_has(vs, be):
    add(vs, email=be.manager.email)
    link = vs.link(be.manager.email)
    page = Client().get(link).content.decode()
    assert "Accepter l&#x27;invitation" in page.replace("Accepter l'invitation", "Accepter l&#x27;invitation")
    assert Client().post(link).status_code == 302
    be.manager.refresh_from_db()
    assert (be.manager.first_name, row(be.manager).keeps_account) == ("Gérard", False)
    assert vs.sign_in(be.manager).get(vs.url("mon-compte/")).status_code == 200


@pytest.mark.proves("ORG-01", "SEC-02")
def test_manager_cannot_change_an_account_made_elsewhere(vs, be):
    add(vs, email=be.manager.email)
    Client().post(vs.link(be.manager.email))
    path = vs.url(f"ma-societe/collaborateurs/{row(be.manager).pk}/")
    browser = vs.signed_in(vs.manager)
    assert 'name="mobile"' not in browser.get(path).content.decode()
    browser.post(path, NEW | {"role": "manager"})
    be.manager.refresh_from_db()
    assert (be.manager.first_name, be.manager.email) == ("Gérard", "gerard@be.example")
    assert row(be.manager).role == "manager"


@pytest.mark.proves("ORG-01")
@pytest.mark.parametrize(
    "field,value,words",
    [
        ("last_name", "", "Saisissez le nom."),
        ("first_name", "", "Saisissez le prénom."),
        ("email", "no", "Saisissez une adresse e-mail complète, par exemple prenom.nom@exemple.ch."),
        ("mobile", "027 123 45 67", "Saisissez un numéro de téléphone portable"),
        ("role", "", "Choisissez un rôle."),
        ("role", "administrator", "Choisissez un rôle de la liste."),
    ],
)
def test_member_form_says_what_is_wrong(vs, field, value, words):
    """B08: a manager gives nobody an office's role."""
    answer = add(vs, **{field: value})
    assert answer.status_code == 422
    assert answer.content.decode().count(words) == 2
    assert not Invitation.objects.exists()


@pytest.mark.proves("ORG-01")
def test_member_is_not_invited_twice(vs):
    answer = add(vs, email=vs.manager.email)
    assert answer.status_code == 422
    assert "Cette personne a déjà un accès." in answer.content.decode()


@pytest.mark.proves("ORG-01", "ORG-04", "SEC-02")
def test_removed_member_loses_access_at_once(vs):
    """B09, B10."""
    colleague = vs.member("manager", email="gone@x.example")
    browser = vs.signed_in(colleague)
    vs.invite(email="friend@x.example", by=vs.actor(colleague))
    pending = vs.link("friend@x.example")
    half = Client()
    half.post(vs.url(), {"email": colleague.email, "password": PASSWORD})
    code = vs.code(colleague)
    assert remove(vs, colleague).status_code == 302
    assert browser.get(vs.url("mon-compte/")).status_code == 302
    assert half.post(vs.url("connexion/code/"), {"code": code})["Location"] == vs.url()
    assert Client().get(pending).status_code == 410
    assert Client().post(vs.url(), {"email": colleague.email, "password": PASSWORD}).status_code == 422
    assert not LoginSession.objects.filter(person=colleague).exists()


@pytest.mark.proves("ORG-01")
def test_removed_member_can_be_invited_again(vs):
    colleague = vs.member(email="back@x.example")
    remove(vs, colleague)
    add(vs, email="back@x.example")
    Client().post(vs.link("back@x.example"))
    assert vs.sign_in(colleague).get(vs.url("mon-compte/")).status_code == 200
    assert Membership.objects.filter(person=colleague).count() == 2


@pytest.mark.proves("ORG-04", "SEC-02")
def test_last_manager_cannot_leave(vs):
    """B11."""
    vs.member()
    answer = remove(vs, vs.manager)
    assert answer.status_code == 409
    assert "Votre société a toujours au moins un gérant." in answer.content.decode()
    assert row(vs.manager).role == "manager"


@pytest.mark.proves("ORG-04")
def test_last_manager_cannot_be_demoted(vs):
    values = NEW | {"email": vs.manager.email, "mobile": vs.manager.mobile}
    path = vs.url(f"ma-societe/collaborateurs/{row(vs.manager).pk}/")
    assert vs.signed_in(vs.manager).post(path, values).status_code == 409
    vs.manager.refresh_from_db()
    assert vs.manager.first_name == "Gérard"


@pytest.mark.proves("ORG-04")
@pytest.mark.parametrize("change", [{"role": "collaborator"}, {"removed": True}])
def test_database_refuses_a_company_without_a_manager(vs, change):
    values = {"removed_at": timezone.now(), "removed_by": vs.manager} if change.pop("removed", False) else change

    def leave_nobody():
        with transaction.atomic(), connection.cursor() as cursor:
            Membership.objects.filter(person=vs.manager).update(**values)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError, match="without a manager"):
        leave_nobody()


@pytest.mark.proves("ORG-04")
def test_only_manager_is_warned(vs):
    browser = vs.signed_in(vs.manager)
    assert "Un seul gérant" in browser.get(vs.url("ma-societe/")).content.decode()
    vs.member("manager")
    assert "Un seul gérant" not in browser.get(vs.url("ma-societe/")).content.decode()


@pytest.mark.proves("ORG-01", "SEC-02")
@pytest.mark.parametrize("page", MANAGER_PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_manager_pages_are_refused_to_collaborators(vs, page, method):
    """B07."""
    account(vs)
    path = vs.url(page.format(member=row(vs.manager).pk, account=BankAccount.objects.get().pk))
    assert getattr(vs.signed_in(vs.member()), method)(path).status_code == 403


@pytest.mark.proves("ORG-01", "SEC-02")
@pytest.mark.parametrize("page", MANAGER_PAGES[2:4] + MANAGER_PAGES[5:])
def test_members_and_accounts_of_another_company_do_not_exist(vs, be, page):
    account(vs)
    path = be.url(page.format(member=row(vs.manager).pk, account=BankAccount.objects.get().pk))
    assert be.signed_in(be.manager).get(path).status_code == 404


@pytest.mark.proves("ORG-01")
def test_menu_has_ma_societe_for_managers_only(vs):
    pages = [vs.signed_in(person).get(vs.url("mon-compte/")).content.decode() for person in (vs.manager, vs.member())]
    assert ["Ma société" in page for page in pages] == [True, False]


@pytest.mark.proves("ACC-08", "ORG-01")
def test_manager_changes_the_mobile_of_a_member(vs):
    """It ends all logins, sends a new password link, and tells old and new number and address."""
    colleague = vs.member(email="col@x.example")
    browser = vs.signed_in(colleague)
    old = colleague.mobile
    values = NEW | {"email": "col@x.example", "mobile": "076 123 45 67"}
    vs.signed_in(vs.manager).post(vs.url(f"ma-societe/collaborateurs/{row(colleague).pk}/"), values)
    assert browser.get(vs.url("mon-compte/")).status_code == 302
    subjects = {mail.subject for mail in vs.mails("col@x.example")}
    assert {"Votre numéro de portable a été modifié", "Réinitialiser le mot de passe"} <= subjects
    assert [len(vs.texts(number)) for number in (old, "+41761234567")] == [1, 1]


@pytest.mark.proves("ACC-08", "ORG-01")
def test_new_address_of_a_member_counts_when_confirmed(vs):
    colleague = vs.member(email="old@x.example")
    values = NEW | {"email": "fresh@x.example", "mobile": colleague.mobile}
    vs.signed_in(vs.manager).post(vs.url(f"ma-societe/collaborateurs/{row(colleague).pk}/"), values)
    colleague.refresh_from_db()
    assert colleague.email == "old@x.example"
    link = vs.link("fresh@x.example")
    assert Client().get(link).status_code == 200
    assert Client().post(link)["Location"] == vs.url()
    colleague.refresh_from_db()
    assert colleague.email == "fresh@x.example"
    assert Client().post(link).status_code == 410
    assert vs.mails("old@x.example")[-1].subject == "L'adresse de votre compte a été modifiée"


@pytest.mark.proves("ACC-08", "SEC-02")
def test_new_address_that_is_taken_changes_nothing(vs, be):
    colleague = vs.member(email="old@x.example")
    values = NEW | {"email": be.manager.email, "mobile": colleague.mobile}
    answer = vs.signed_in(vs.manager).post(vs.url(f"ma-societe/collaborateurs/{row(colleague).pk}/"), values)
    assert answer.status_code == 302
    before = len(vs.mails(be.manager.email))
    assert before == len([mail for mail in vs.mails(be.manager.email) if "Confirmez" not in mail.subject])


@pytest.mark.proves("ORG-05")
def test_manager_adds_a_bank_account(vs):
    assert account(vs, iban="ch" + demo_iban("00765", 4711)[2:].lower())["Location"] == vs.url("ma-societe/")
    added = BankAccount.objects.get()
    assert (added.iban, added.holder, added.is_qr) == (demo_iban("00765", 4711), "Foyer de l'Aubépine", False)
    assert vs.mails(vs.manager.email)[-1].subject == "Nouveau compte bancaire de Foyer de l'Aubépine"


@pytest.mark.proves("ORG-05")
def test_qr_iban_is_recognised(vs):
    account(vs, iban=demo_iban("30808", 99))
    page = vs.signed_in(vs.manager).get(vs.url("ma-societe/")).content.decode()
    assert "<small>QR-IBAN</small>" in page


@pytest.mark.proves("ORG-05")
@pytest.mark.parametrize(
    "field,value,words",
    [
        ("iban", "", "Saisissez l&#x27;IBAN, par exemple CH93 0076 2011 6238 5295 7."),
        ("iban", "CH93 0076 2011 6238 5295 8", "Cet IBAN contient une faute de frappe."),
        ("iban", "CH93 0076", "Cet IBAN compte 8 caractères"),
        ("holder", "", "Saisissez le titulaire du compte."),
    ],
)
def test_bank_account_form_says_what_is_wrong(vs, field, value, words):
    answer = account(vs, **{field: value})
    assert answer.status_code == 422
    assert answer.content.decode().count(words) == 2


@pytest.mark.proves("ORG-05")
def test_bank_account_is_there_once(vs):
    account(vs)
    answer = account(vs)
    assert answer.status_code == 422
    assert "Ce compte figure déjà dans la liste de votre société." in answer.content.decode()


def step_up(space, browser, person, path):
    """Both factors once more, through the pages."""
    asked = browser.get(path)
    assert asked["Location"].startswith(space.url("confirmation/?next="))
    sent = browser.post(space.url("confirmation/"), {"password": PASSWORD, "next": path})
    done = browser.post(sent["Location"], {"code": space.code(person), "next": path})
    assert done["Location"] == path


@pytest.mark.proves("ORG-05", "SEC-02")
def test_another_iban_needs_both_factors_and_is_told_to_every_manager(vs):
    second = vs.member("manager", email="second@x.example")
    account(vs)
    path = vs.url(f"ma-societe/comptes/{BankAccount.objects.get().pk}/")
    browser = vs.signed_in(vs.manager)
    values = {"iban": demo_iban("00765", 4712), "holder": "Foyer", "label": ""}
    assert browser.post(path, values)["Location"].startswith(vs.url("confirmation/"))
    assert BankAccount.objects.get().changed_at is None
    step_up(vs, browser, vs.manager, path)
    assert browser.post(path, values).status_code == 302
    changed = BankAccount.objects.get()
    assert (changed.iban, changed.changed_at is None) == (demo_iban("00765", 4712), False)
    for person in (vs.manager, second):
        assert vs.mails(person.email)[-1].subject == "Compte bancaire de Foyer de l'Aubépine modifié"


@pytest.mark.proves("ORG-05")
def test_step_up_is_fresh_for_a_quarter_of_an_hour(vs):
    account(vs)
    path = vs.url(f"ma-societe/comptes/{BankAccount.objects.get().pk}/")
    browser = vs.signed_in(vs.manager)
    step_up(vs, browser, vs.manager, path)
    assert browser.get(path).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert browser.get(path).status_code == 302


@pytest.mark.proves("ORG-05")
def test_archived_account_is_gone_from_the_list(vs):
    account(vs)
    kept = BankAccount.objects.get()
    browser = vs.signed_in(vs.manager)
    path = vs.url(f"ma-societe/comptes/{kept.pk}/supprimer/")
    assert browser.get(path).status_code == 200
    assert browser.post(path).status_code == 302
    assert browser.get(path).status_code == 404
    kept.refresh_from_db()
    assert kept.archived_at is not None
