"""Administration of the insurer's staff (ORG-07; B07, B08)."""

import pytest
from django.test import Client

from guichet.accounts.models import StaffMember
from guichet.accounts.tests.people import PASSWORD

NEW = {
    "last_name": "Neuf", "first_name": "Noé", "email": "noe@office.example", "mobile": "079 123 45 67", "role": "agent",
    "rights": ["vet", "review"],
}  # fmt: skip
LIST = "administration/collaborateurs/"


def row(person):
    return StaffMember.objects.get(person=person, removed_at=None)


@pytest.mark.proves("ORG-07")
def test_administrator_invites_an_agent_with_rights(vs):
    browser = vs.signed_in(vs.administrator)
    assert browser.post(vs.url(LIST + "nouveau/"), NEW)["Location"] == vs.url(LIST)
    Client().post(vs.link("noe@office.example"), {"password": PASSWORD, "again": PASSWORD})
    member = StaffMember.objects.get(person__email="noe@office.example")
    assert (member.role, member.rights) == ("agent", ["vet", "review"])
    agent = vs.sign_in(member.person)
    assert agent.get(vs.url("bureau/inscriptions/")).status_code == 200
    assert agent.get(vs.url(LIST)).status_code == 403


@pytest.mark.proves("ORG-07")
@pytest.mark.parametrize(
    "role,rights,kept",
    [("agent", ["listen"], ["listen"]), ("administrator", ["vet", "listen"], ["listen"]), ("auditor", ["vet"], [])],
)
def test_rights_that_a_role_cannot_have_are_left_out(vs, role, rights, kept):
    agent = vs.staff("agent")
    path = vs.url(f"{LIST}{row(agent).pk}/")
    assert vs.signed_in(vs.administrator).post(path, {"role": role, "rights": rights}).status_code == 302
    assert (row(agent).role, row(agent).rights) == (role, kept)


@pytest.mark.proves("ORG-07", "SEC-02")
def test_a_right_that_is_taken_away_is_gone_at_the_next_request(vs):
    agent = vs.staff("agent", "vet")
    browser = vs.signed_in(agent)
    assert browser.get(vs.url("bureau/inscriptions/")).status_code == 200
    vs.signed_in(vs.administrator).post(vs.url(f"{LIST}{row(agent).pk}/"), {"role": "agent", "rights": ["review"]})
    assert browser.get(vs.url("bureau/inscriptions/")).status_code == 403


@pytest.mark.proves("ORG-07", "SEC-02")
def test_removed_agent_is_out_at_the_next_request(vs):
    agent = vs.staff("agent", "vet")
    browser = vs.signed_in(agent)
    path = vs.url(f"{LIST}{row(agent).pk}/supprimer/")
    administrator = vs.signed_in(vs.administrator)
    assert administrator.get(path).status_code == 200
    assert administrator.post(path).status_code == 302
    assert browser.get(vs.url("mon-compte/")).status_code == 302
    assert Client().post(vs.url(), {"email": agent.email, "password": PASSWORD}).status_code == 422


@pytest.mark.proves("ORG-07")
@pytest.mark.parametrize("act", ["supprimer/", ""])
def test_last_administrator_stays(vs, act):
    path = vs.url(f"{LIST}{row(vs.administrator).pk}/{act}")
    answer = vs.signed_in(vs.administrator).post(path, {"role": "agent"})
    assert answer.status_code == 409
    assert row(vs.administrator).role == "administrator"


@pytest.mark.proves("ORG-07", "SEC-02")
@pytest.mark.parametrize("who", ["manager", "agent", "auditor"])
@pytest.mark.parametrize("page", ["", "nouveau/", "{one}/", "{one}/supprimer/"])
def test_staff_pages_are_for_administrators(vs, who, page):
    person = vs.manager if who == "manager" else vs.staff(who)
    path = vs.url(LIST + page.format(one=row(vs.administrator).pk))
    assert vs.signed_in(person).get(path).status_code == 403


@pytest.mark.proves("ORG-07", "SEC-03")
def test_staff_of_another_insurer_does_not_exist(vs, be):
    path = be.url(f"{LIST}{row(vs.administrator).pk}/")
    assert be.signed_in(be.administrator).get(path).status_code == 404


@pytest.mark.proves("ORG-07")
@pytest.mark.parametrize(
    "field,value,words",
    [
        ("email", "", "Saisissez une adresse e-mail complète, par exemple prenom.nom@exemple.ch."),
        ("role", "king", "Choisissez un rôle de la liste."),
        ("rights", ["fly"], "Choisissez des droits de la liste."),
    ],
)
def test_staff_form_says_what_is_wrong(vs, field, value, words):
    answer = vs.signed_in(vs.administrator).post(vs.url(LIST + "nouveau/"), NEW | {field: value})
    assert answer.status_code == 422
    assert answer.content.decode().count(words) == 2


@pytest.mark.proves("ORG-07")
def test_staff_invitation_is_resent_and_revoked(vs):
    browser = vs.signed_in(vs.administrator)
    browser.post(vs.url(LIST + "nouveau/"), NEW)
    from guichet.accounts.models import Invitation

    first = Invitation.objects.get(revoked_at=None)
    browser.post(vs.url(f"administration/invitations/{first.pk}/renvoyer/"))
    second = Invitation.objects.get(revoked_at=None)
    assert first.pk != second.pk
    browser.post(vs.url(f"administration/invitations/{second.pk}/annuler/"))
    assert Client().get(vs.link("noe@office.example")).status_code == 410
