"""« Mot de passe oublié ? » (ACC-06; A11, A12)."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from guichet.accounts.models import LoginSession, Person
from guichet.accounts.tests.people import PASSWORD
from guichet.accounts.visitor import Visitor

NEW = "marmite-nuage-rivage-0815"


def ask(space, email):
    return Client().post(space.url("mot-de-passe-oublie/"), {"email": email})


def choose(path, password=NEW, again=NEW):
    return Client().post(path, {"password": password, "again": again})


@pytest.mark.proves("ACC-06")
def test_reset_sends_a_link_and_leads_back_to_the_login(vs):
    answer = ask(vs, vs.manager.email)
    assert answer.status_code == 200
    [mail] = vs.mails(vs.manager.email)[-1:]
    assert mail.subject == "Réinitialiser le mot de passe"
    link = vs.link(vs.manager.email)
    page = Client().get(link).content.decode()
    labels = ("Nouveau mot de passe", "Confirmation du mot de passe", "Réinitialiser le mot de passe")
    assert [label for label in labels if f">{label}<" not in page] == []
    done = choose(link)
    assert (done.status_code, done["Location"]) == (302, vs.url())
    assert Client().post(vs.url(), {"email": vs.manager.email, "password": PASSWORD}).status_code == 422
    assert vs.sign_in(vs.manager, password=NEW).get(vs.url("mon-compte/")).status_code == 200


@pytest.mark.proves("ACC-07")
def test_brake_counts_a_whole_line_of_ipv6(vs):
    """A subscriber changes the last 64 bits at will."""

    def asked(address):
        somebody = {"email": f"nobody{address.replace(':', '')}@essai.example"}
        return Client(REMOTE_ADDR=address).post(vs.url("mot-de-passe-oublie/"), somebody).status_code

    assert {asked(f"2001:db8:0:7:{number:x}::{number:02x}") for number in range(30)} == {200}
    assert [asked(address) for address in ("2001:db8:0:7:ffff::ff", "2001:db8:0:8::1", "10.0.0.1")] == [429, 200, 200]


@pytest.mark.parametrize(
    "ip, network",
    [
        (None, ""),
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:0:7:1::2", "2001:db8:0:7::/64"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_network_of_a_visitor(ip, network):
    assert Visitor(ip=ip).network == network


@pytest.mark.proves("ACC-06", "SEC-02")
def test_reset_does_not_skip_the_second_factor(vs):
    """A11."""
    ask(vs, vs.manager.email)
    browser = Client()
    browser.post(vs.link(vs.manager.email), {"password": NEW, "again": NEW})
    assert browser.get(vs.url("mon-compte/")).status_code == 302
    assert not LoginSession.objects.exists()


@pytest.mark.proves("ACC-06", "SEC-02")
def test_reset_link_works_once(vs):
    """A12: used."""
    ask(vs, vs.manager.email)
    link = vs.link(vs.manager.email)
    assert [choose(link).status_code, choose(link).status_code, Client().get(link).status_code] == [302, 410, 410]


@pytest.mark.proves("ACC-06", "SEC-02")
def test_newer_reset_link_kills_the_older(vs):
    """A12: newer."""
    ask(vs, vs.manager.email)
    old = vs.link(vs.manager.email)
    ask(vs, vs.manager.email)
    new = vs.link(vs.manager.email)
    assert (Client().get(old).status_code, Client().get(new).status_code) == (410, 200)


@pytest.mark.proves("ACC-06", "SEC-02")
def test_reset_link_dies_with_a_change_of_password(vs):
    """A12: stale."""
    ask(vs, vs.manager.email)
    link = vs.link(vs.manager.email)
    browser = vs.signed_in(vs.manager)
    browser.post(vs.url("mon-compte/mot-de-passe/"), {"current": PASSWORD, "password": NEW, "again": NEW})
    assert Client().get(link).status_code == 410


@pytest.mark.proves("ACC-06")
def test_reset_link_lives_an_hour(vs):
    ask(vs, vs.manager.email)
    link = vs.link(vs.manager.email)
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert Client().get(link).status_code == 410


@pytest.mark.proves("ACC-06", "SEC-02")
def test_unknown_reset_link_does_not_exist(vs):
    assert Client().get(vs.url("mot-de-passe/nonsense/")).status_code == 404


@pytest.mark.proves("ACC-06", "SEC-02")
def test_reset_link_belongs_to_its_space(vs, be):
    ask(vs, vs.manager.email)
    assert Client().get(vs.link(vs.manager.email).replace("/vs/", "/be/")).status_code == 404


@pytest.mark.proves("ACC-06")
def test_reset_ends_every_login(vs):
    browser = vs.signed_in(vs.manager)
    ask(vs, vs.manager.email)
    choose(vs.link(vs.manager.email))
    assert browser.get(vs.url("mon-compte/")).status_code == 302


@pytest.mark.proves("ACC-06", "SEC-02")
@pytest.mark.parametrize(
    "password,again,words",
    [
        ("", "", "Choisissez un mot de passe."),
        ("court", "court", "Ce mot de passe est trop court."),
        (NEW, NEW + "x", "Saisissez deux fois le même mot de passe."),
        ("gerard-gerant-99", "gerard-gerant-99", "ne contient pas « gerant »"),
    ],
)
def test_reset_says_what_is_wrong(vs, password, again, words):
    ask(vs, vs.manager.email)
    link = vs.link(vs.manager.email)
    answer = choose(link, password, again)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert choose(link).status_code == 302


@pytest.mark.proves("ACC-06")
def test_reset_tells_the_owner(vs):
    ask(vs, vs.manager.email)
    choose(vs.link(vs.manager.email))
    assert vs.mails(vs.manager.email)[-1].subject == "Votre mot de passe a été modifié"


@pytest.mark.proves("ACC-06", "SEC-02")
@pytest.mark.parametrize("email", ["unheard@x.example", "gerard@be.example"])
def test_reset_writes_to_nobody_without_access(vs, be, email):
    assert ask(vs, email).status_code == 200
    assert [mail for mail in vs.mails(email) if mail.subject == "Réinitialiser le mot de passe"] == []


@pytest.mark.proves("ACC-07")
def test_reset_is_braked_for_known_and_unknown_alike(vs):
    statuses = {email: [ask(vs, email).status_code for _ in range(6)] for email in (vs.manager.email, "who@x.example")}
    assert set(map(tuple, statuses.values())) == {(200,) * 5 + (429,)}


@pytest.mark.proves("ACC-06", "SEC-02")
@pytest.mark.parametrize("headers", [{"HTTP_HOST": "evil.ch"}, {"HTTP_X_FORWARDED_HOST": "evil.ch"}])
def test_reset_link_names_the_platform_whatever_the_host(vs, headers):
    """A13."""
    answer = Client(raise_request_exception=False).post(
        vs.url("mot-de-passe-oublie/"), {"email": vs.manager.email}, **headers
    )
    mails = [mail for mail in vs.mails(vs.manager.email) if mail.subject == "Réinitialiser le mot de passe"]
    assert (answer.status_code, len(mails)) in ((400, 0), (200, 1))
    assert all("evil.ch" not in mail.text for mail in mails)
    assert Person.objects.filter(pk=vs.manager.pk).exists()
