"""Login with password and code (ACC-04, ACC-07, ACC-11; A01, A03, A05–A08, A10, A16, A18, A20)."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from guichet.accounts import cookies
from guichet.accounts.models import LoginAttempt, LoginSession, Person, SecurityEvent
from guichet.accounts.tests.people import PASSWORD

CODE_PAGE = "connexion/code/"


def half_way(space, person, client=None):
    """A browser that has given the right password."""
    client = client or Client()
    answer = client.post(space.url(), {"email": person.email, "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, space.url(CODE_PAGE))
    return client


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06d}"


@pytest.mark.proves("ACC-11")
def test_login_page_has_the_labels_of_the_guide(vs):
    page = Client().get(vs.url()).content.decode()
    labels = ("Connexion", "Email", "Mot de passe", "Mot de passe oublié ?", "Se connecter", "S'inscrire")
    assert [label for label in labels if f">{label}<" not in page] == []


@pytest.mark.proves("ACC-04")
def test_login_needs_password_and_code(vs):
    client = half_way(vs, vs.manager)
    answer = client.post(vs.url(CODE_PAGE), {"code": vs.code(vs.manager)})
    assert (answer.status_code, answer["Location"]) == (302, vs.url("guichet/"))
    session = LoginSession.objects.get()
    assert (session.person, session.factors) == (vs.manager, "password sms")
    assert client.get(vs.url("mon-compte/")).status_code == 200


@pytest.mark.proves("ACC-04")
def test_login_sms_says_reference_code_and_host(vs):
    half_way(vs, vs.manager)
    attempt = LoginAttempt.objects.get()
    code = vs.code(vs.manager)
    [text] = vs.texts(vs.manager.mobile)
    assert text.text == (
        f"Code {attempt.reference}: {code} - Guichet AI. Ne le communiquez à personne.\n@testserver #{code}"
    )


@pytest.mark.proves("ACC-04", "SUP-04")
def test_code_page_shows_the_letters_of_the_sms_and_its_delivery(vs):
    client = half_way(vs, vs.manager)
    attempt = LoginAttempt.objects.get()
    before = client.get(vs.url(CODE_PAGE)).content.decode()
    vs.texts()
    after = client.get(vs.url(CODE_PAGE)).content.decode()
    assert f"<strong>{attempt.reference}</strong>" in before
    assert "Le SMS est en cours d&#x27;envoi." in before.replace("d'envoi", "d&#x27;envoi")
    assert "Le SMS a été remis au réseau mobile." in after
    assert "J'ai besoin d'un nouveau code d'accès" in after
    assert 'data-countdown="60"' in before or 'data-countdown="59"' in before


@pytest.mark.proves("ACC-04")
def test_code_is_read_with_spaces(vs):
    client = half_way(vs, vs.manager)
    code = vs.code(vs.manager)
    assert client.post(vs.url(CODE_PAGE), {"code": f"{code[:3]} {code[3:]}"}).status_code == 302


@pytest.mark.proves("ACC-04", "SEC-02")
def test_code_is_not_stored_in_clear(vs):
    half_way(vs, vs.manager)
    attempt = LoginAttempt.objects.get()
    assert vs.code(vs.manager) not in attempt.code_hash
    assert re.fullmatch("[0-9a-f]{64}", attempt.code_hash)


@pytest.mark.proves("ACC-07", "SEC-02")
def test_right_code_is_refused_after_five_wrong_ones(vs):
    """A01."""
    client = half_way(vs, vs.manager)
    code = vs.code(vs.manager)
    answers = [client.post(vs.url(CODE_PAGE), {"code": wrong(code)}).status_code for _ in range(5)]
    last = client.post(vs.url(CODE_PAGE), {"code": code})
    assert answers == [422] * 5
    assert last.status_code == 429
    assert int(last["Retry-After"]) >= 1
    assert not LoginSession.objects.exists()


@pytest.mark.proves("ACC-07")
def test_wrong_code_says_how_many_tries_remain(vs):
    client = half_way(vs, vs.manager)
    code = vs.code(vs.manager)
    pages = [client.post(vs.url(CODE_PAGE), {"code": wrong(code)}).content.decode() for _ in range(5)]
    assert "Ce code est faux. Il reste 4 essais." in pages[0]
    assert "Ce code est faux. Il reste 1 essai." in pages[3]
    assert "n'est plus valable" in pages[4].replace("&#x27;", "'")


@pytest.mark.proves("ACC-07")
def test_three_wrong_codes_warn_the_owner_once(vs):
    client = half_way(vs, vs.manager)
    code = vs.code(vs.manager)
    for _ in range(4):
        client.post(vs.url(CODE_PAGE), {"code": wrong(code)})
    subjects = [mail.subject for mail in vs.mails(vs.manager.email)]
    assert subjects.count("Codes d'accès erronés") == 1


@pytest.mark.proves("ACC-04", "SEC-02")
def test_code_works_once(vs):
    """A03."""
    client = half_way(vs, vs.manager)
    cookie = client.cookies[cookies.ATTEMPT].value
    code = vs.code(vs.manager)
    assert client.post(vs.url(CODE_PAGE), {"code": code}).status_code == 302
    other = Client()
    other.cookies[cookies.ATTEMPT] = cookie
    assert other.post(vs.url(CODE_PAGE), {"code": code}).status_code == 422
    assert LoginSession.objects.count() == 1


@pytest.mark.proves("ACC-04", "SEC-02")
def test_code_of_another_attempt_is_refused(vs):
    """A05."""
    half_way(vs, vs.manager)
    code = vs.code(vs.manager)
    second = half_way(vs, vs.manager)
    assert second.post(vs.url(CODE_PAGE), {"code": code}).status_code == 422


@pytest.mark.proves("ACC-04", "SEC-02")
def test_code_of_another_person_is_refused(vs):
    """A06."""
    colleague = vs.member()
    half_way(vs, vs.manager)
    code = vs.code(vs.manager)
    other = half_way(vs, colleague)
    assert other.post(vs.url(CODE_PAGE), {"code": code}).status_code == 422


@pytest.mark.proves("ACC-04", "SEC-02")
def test_code_expires_after_five_minutes_of_the_servers_clock(vs):
    """A07."""
    client = half_way(vs, vs.manager)
    code = vs.code(vs.manager)
    with time_machine.travel(timezone.now() + timedelta(minutes=5, seconds=1)):
        answer = client.post(vs.url(CODE_PAGE), {"code": code})
    assert answer.status_code == 422
    assert "Ce code a expiré" in answer.content.decode()


@pytest.mark.proves("ACC-04", "SEC-02")
def test_new_code_waits_a_minute_and_three_leave_at_most(vs):
    """A08."""
    client = half_way(vs, vs.manager)
    early = client.post(vs.url(CODE_PAGE + "nouveau/"))
    assert early.status_code == 429
    assert 1 <= int(early["Retry-After"]) <= 60
    start, statuses = timezone.now(), []
    for step in range(1, 13):
        with time_machine.travel(start + timedelta(seconds=61 * step), tick=False):
            statuses.append(client.post(vs.url(CODE_PAGE + "nouveau/")).status_code)
    assert statuses == [302] * 3 + [429] * 9
    assert LoginAttempt.objects.get().sends == 4


@pytest.mark.proves("ACC-04")
def test_only_the_newest_code_is_valid(vs):
    client = half_way(vs, vs.manager)
    old = vs.code(vs.manager)
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        client.post(vs.url(CODE_PAGE + "nouveau/"))
        new = vs.code(vs.manager)
        assert client.post(vs.url(CODE_PAGE), {"code": old}).status_code == 422
        assert client.post(vs.url(CODE_PAGE), {"code": new}).status_code == 302


@pytest.mark.proves("ACC-04")
def test_new_code_needs_a_login_in_progress(vs):
    assert Client().post(vs.url(CODE_PAGE + "nouveau/"))["Location"] == vs.url()
    assert Client().get(vs.url(CODE_PAGE))["Location"] == vs.url()


@pytest.mark.proves("ACC-04", "SEC-02")
@pytest.mark.parametrize(
    "path", ["mon-compte/", "ma-societe/", "bureau/inscriptions/", "administration/collaborateurs/"]
)
def test_half_authenticated_sees_nothing(vs, path):
    """A10."""
    client = half_way(vs, vs.manager)
    answer = client.get(vs.url(path))
    assert answer.status_code == 302
    assert answer["Location"].startswith(vs.url("?next="))


@pytest.mark.proves("ACC-04")
def test_login_leads_back_to_where_one_wanted_to_go(vs):
    client = Client()
    wanted = client.get(vs.url("mon-compte/?x=1"))["Location"]
    page = client.get(wanted).content.decode()
    following = re.findall(r'name="next" value="([^"]+)"', page)[-1]
    client.post(vs.url(), {"email": vs.manager.email, "password": PASSWORD, "next": following})
    answer = client.post(vs.url(CODE_PAGE), {"code": vs.code(vs.manager)})
    assert answer["Location"] == vs.url("mon-compte/?x=1")


@pytest.mark.proves("SEC-02")
@pytest.mark.parametrize(
    "hostile",
    ["https://evil.example/", "//evil.example/", "/be/mon-compte/", "/vs/\\evil", "javascript:alert(1)", "vs/"],
)
def test_login_leads_nowhere_else(vs, hostile):
    client = Client()
    client.post(vs.url(), {"email": vs.manager.email, "password": PASSWORD, "next": hostile})
    assert client.post(vs.url(CODE_PAGE), {"code": vs.code(vs.manager)})["Location"] == vs.url("guichet/")


@pytest.mark.proves("ACC-07")
def test_ten_wrong_passwords_pause_the_account(vs):
    client = Client()
    answers = [
        client.post(vs.url(), {"email": vs.manager.email, "password": f"faux-{n}"}).status_code for n in range(10)
    ]
    right = client.post(vs.url(), {"email": vs.manager.email, "password": PASSWORD})
    assert answers == [422] * 10
    assert right.status_code == 429
    assert (
        "Trop de tentatives de connexion, veuillez réessayer d'ici quelques minutes"
        in right.content.decode().replace("&#x27;", "'")
    )
    assert 14 * 60 < int(right["Retry-After"]) <= 15 * 60
    until = timezone.localtime(timezone.now() + timedelta(seconds=int(right["Retry-After"])))
    assert f"{until:%H:%M}" in right.content.decode()
    with time_machine.travel(timezone.now() + timedelta(minutes=15, seconds=1)):
        assert client.post(vs.url(), {"email": vs.manager.email, "password": PASSWORD}).status_code == 302


@pytest.mark.proves("ACC-07", "SEC-02")
def test_known_device_is_not_locked_out_and_the_owner_gets_one_mail(vs):
    """A16."""
    owner = vs.sign_in(vs.manager)
    owner.post(vs.url("deconnexion/"))
    attacker = Client()
    for number in range(14):
        attacker.post(vs.url(), {"email": vs.manager.email, "password": f"faux-{number}"})
    assert owner.post(vs.url(), {"email": vs.manager.email, "password": PASSWORD}).status_code == 302
    warnings = [mail for mail in vs.mails(vs.manager.email) if mail.subject == "Trop de tentatives de connexion"]
    assert len(warnings) == 1


@pytest.mark.proves("ACC-07")
def test_thirty_wrong_passwords_pause_the_address(vs):
    client = Client()
    for number in range(30):
        client.post(vs.url(), {"email": f"nobody{number}@x.example", "password": "faux-faux-faux"})
    assert client.post(vs.url(), {"email": vs.manager.email, "password": PASSWORD}).status_code == 429
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert elsewhere.post(vs.url(), {"email": vs.manager.email, "password": PASSWORD}).status_code == 302


@pytest.mark.proves("ACC-07")
def test_a_right_password_does_not_use_up_the_turns(vs):
    client = Client()
    for _ in range(12):
        half_way(vs, vs.manager, client)


@pytest.mark.proves("ACC-07")
def test_a_hundred_wrong_in_a_row_leave_only_the_reset(vs):
    Person.objects.filter(pk=vs.manager.pk).update(wrong_in_a_row=100)
    assert Client().post(vs.url(), {"email": vs.manager.email, "password": PASSWORD}).status_code == 422
    Client().post(vs.url("mot-de-passe-oublie/"), {"email": vs.manager.email})
    new = "marmite-nuage-rivage-0815"
    assert Client().post(vs.link(vs.manager.email), {"password": new, "again": new}).status_code == 302
    assert Client().post(vs.url(), {"email": vs.manager.email, "password": new}).status_code == 302


@pytest.mark.proves("SEC-02")
def test_login_makes_a_new_session_whatever_the_cookie_was(vs):
    """A18."""
    client = Client()
    client.cookies[cookies.SESSION] = "planted-by-somebody-else"
    vs.sign_in(vs.manager, client=client)
    assert client.cookies[cookies.SESSION].value != "planted-by-somebody-else"
    planted = Client()
    planted.cookies[cookies.SESSION] = "planted-by-somebody-else"
    assert planted.get(vs.url("mon-compte/")).status_code == 302


@pytest.mark.proves("SEC-02")
def test_logout_ends_the_session_on_the_server(vs):
    """A20."""
    client = vs.sign_in(vs.manager)
    kept = client.cookies[cookies.SESSION].value
    answer = client.post(vs.url("deconnexion/"))
    assert answer["Clear-Site-Data"] == '"cache"'
    replay = Client()
    replay.cookies[cookies.SESSION] = kept
    assert replay.get(vs.url("mon-compte/")).status_code == 302
    assert not LoginSession.objects.exists()


@pytest.mark.proves("SEC-02")
def test_logout_is_no_link(vs):
    client = vs.signed_in(vs.manager)
    assert client.get(vs.url("deconnexion/")).status_code == 405
    assert LoginSession.objects.count() == 1


@pytest.mark.proves("ACC-08")
def test_login_leaves_its_line_in_the_security_history(vs):
    client = vs.sign_in(vs.manager)
    vs.sign_in(vs.manager, client=client)
    assert [event.kind for event in SecurityEvent.objects.order_by("id")] == ["new_device", "login"]


def test_signed_in_visitor_of_the_home_is_led_on(vs):
    assert vs.signed_in(vs.manager).get(vs.url())["Location"] == vs.url("guichet/")


def test_entry_page_lists_the_spaces(vs):
    page = Client().get("/").content.decode()
    assert re.findall(r'href="(/\w+/)"><span class="brand__mark"', page) == ["/vs/", "/be/", "/caisse/", "/assurance/"]
