"""« Mon compte », sessions, step-up (ACC-08, ACC-10; A17, A19, A21)."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from guichet.accounts.models import LoginSession, Person, SecurityEvent
from guichet.accounts.tests.people import PASSWORD, code_in

NEW = "marmite-nuage-rivage-0815"
PASSWORD_PAGE = "mon-compte/mot-de-passe/"


def at(moment):
    return time_machine.travel(moment, tick=False)


@pytest.mark.proves("ACC-08")
def test_account_page_shows_data_sessions_and_history(vs):
    browser = vs.sign_in(vs.manager)
    page = browser.get(vs.url("mon-compte/")).content.decode()
    expected = (
        vs.manager.email,
        "Mes sessions",
        "Firefox, Linux",
        "Connexion depuis un nouvel appareil",
        "Historique de sécurité",
    )
    assert [text for text in expected if text not in page] == []
    assert 'name="email"' not in page


@pytest.mark.proves("ACC-08", "SEC-02")
def test_new_password_ends_the_other_logins(vs):
    """A19."""
    here, there = vs.signed_in(vs.manager), vs.signed_in(vs.manager)
    answer = here.post(vs.url(PASSWORD_PAGE), {"current": PASSWORD, "password": NEW, "again": NEW})
    assert answer["Location"] == vs.url("mon-compte/")
    assert here.get(vs.url("mon-compte/")).status_code == 200
    assert there.get(vs.url("mon-compte/")).status_code == 302
    assert vs.mails(vs.manager.email)[-1].subject == "Votre mot de passe a été modifié"
    assert vs.sign_in(vs.manager, password=NEW).get(vs.url("mon-compte/")).status_code == 200


@pytest.mark.proves("ACC-08", "SEC-02")
@pytest.mark.parametrize(
    "field,changes,words",
    [
        ("current", {"current": "faux-faux-faux"}, "Ce mot de passe n'est pas le vôtre."),
        ("current", {"current": ""}, "Saisissez votre mot de passe actuel."),
        ("password", {"password": "court", "again": "court"}, "Ce mot de passe est trop court."),
        ("password", {"password": "aubepine-mon-foyer", "again": "aubepine-mon-foyer"}, "ne contient pas « aubepine »"),
        ("again", {"again": "autre-chose-encore"}, "Saisissez deux fois le même mot de passe."),
    ],
)
def test_password_page_says_what_is_wrong(vs, field, changes, words):
    values = {"current": PASSWORD, "password": NEW, "again": NEW} | changes
    answer = vs.signed_in(vs.manager).post(vs.url(PASSWORD_PAGE), values)
    page = answer.content.decode().replace("&#x27;", "'")
    assert answer.status_code == 422
    assert page.count(words) == 2
    assert f'href="#id_{field}"' in page


@pytest.mark.proves("ACC-07", "ACC-08")
def test_password_page_is_braked(vs):
    browser = vs.signed_in(vs.manager)
    values = {"current": "faux-faux-faux", "password": NEW, "again": NEW}
    assert [browser.post(vs.url(PASSWORD_PAGE), values).status_code for _ in range(11)] == [422] * 10 + [429]


@pytest.mark.proves("ACC-08", "UIX-01")
def test_language_is_kept_with_the_person(vs):
    browser = vs.signed_in(vs.manager)
    browser.post(vs.url("mon-compte/langue/"), {"language": "de"})
    assert Person.objects.get(pk=vs.manager.pk).language == "de"
    assert browser.get(vs.url("mon-compte/"))["Content-Language"] == "de"
    browser.post(vs.url("mon-compte/langue/"), {"language": "xx"})
    assert Person.objects.get(pk=vs.manager.pk).language == "de"


def ask_mobile(space, browser, number="076 123 45 67", password=PASSWORD):
    return browser.post(space.url("mon-compte/portable/"), {"mobile": number, "password": password})


@pytest.mark.proves("ACC-08", "SEC-02")
def test_mobile_changes_with_password_and_code_to_the_new_number(vs):
    """A17."""
    browser, other, old = vs.signed_in(vs.manager), vs.signed_in(vs.manager), vs.manager.mobile
    assert ask_mobile(vs, browser)["Location"] == vs.url("mon-compte/portable/code/")
    code = code_in(vs.texts("+41761234567")[-1].text)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert browser.post(vs.url("mon-compte/portable/code/"), {"code": wrong}).status_code == 422
    assert Person.objects.get(pk=vs.manager.pk).mobile == old
    assert browser.post(vs.url("mon-compte/portable/code/"), {"code": code})["Location"] == vs.url("mon-compte/")
    assert Person.objects.get(pk=vs.manager.pk).mobile == "+41761234567"
    assert vs.mails(vs.manager.email)[-1].subject == "Votre numéro de portable a été modifié"
    assert "le numéro de portable de votre compte a été modifié" in vs.texts(old)[-1].text
    assert other.get(vs.url("mon-compte/")).status_code == 302


@pytest.mark.proves("ACC-08", "SEC-02")
def test_mobile_does_not_change_without_the_password(vs):
    """A17."""
    browser = vs.signed_in(vs.manager)
    assert ask_mobile(vs, browser, password="faux-faux-faux").status_code == 422
    assert browser.post(vs.url("mon-compte/portable/code/"), {"code": "123456"})["Location"] == vs.url(
        "mon-compte/portable/"
    )
    assert vs.texts("+41761234567") == []


@pytest.mark.proves("ACC-08", "SEC-02")
def test_mobile_code_is_bound_to_its_login(vs):
    browser, other = vs.signed_in(vs.manager), vs.signed_in(vs.manager)
    ask_mobile(vs, browser)
    code = code_in(vs.texts("+41761234567")[-1].text)
    assert other.post(vs.url("mon-compte/portable/code/"), {"code": code})["Location"] == vs.url("mon-compte/portable/")


@pytest.mark.proves("ACC-08", "SEC-02")
def test_mobile_code_has_five_tries(vs):
    browser = vs.signed_in(vs.manager)
    ask_mobile(vs, browser)
    code = code_in(vs.texts("+41761234567")[-1].text)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    path = vs.url("mon-compte/portable/code/")
    assert [browser.post(path, {"code": wrong}).status_code for _ in range(5)] == [422] * 5
    assert browser.post(path, {"code": code}).status_code == 429


@pytest.mark.proves("ACC-08", "SEC-02")
@pytest.mark.parametrize("number", ["", "027 123 45 67", "+1 900 555 01 23", "0900 123 456"])
def test_mobile_page_says_what_is_wrong(vs, number):
    """A09."""
    answer = ask_mobile(vs, vs.signed_in(vs.manager), number)
    assert answer.status_code == 422
    assert 'href="#id_mobile"' in answer.content.decode()


@pytest.mark.proves("ACC-08")
def test_own_sessions_are_ended_one_by_one_or_all(vs):
    here, second, third = (vs.signed_in(vs.manager) for _ in range(3))
    sessions = list(LoginSession.objects.order_by("created_at"))
    assert here.post(vs.url(f"mon-compte/sessions/{sessions[1].pk}/")).status_code == 302
    assert [browser.get(vs.url("mon-compte/")).status_code for browser in (here, second, third)] == [200, 302, 200]
    here.post(vs.url("mon-compte/sessions/autres/"))
    assert [browser.get(vs.url("mon-compte/")).status_code for browser in (here, third)] == [200, 302]


@pytest.mark.proves("ACC-08", "SEC-02")
def test_sessions_of_others_do_not_exist(vs):
    colleague = vs.member()
    vs.signed_in(colleague)
    foreign = LoginSession.objects.get(person=colleague)
    assert vs.signed_in(vs.manager).post(vs.url(f"mon-compte/sessions/{foreign.pk}/")).status_code == 404
    assert LoginSession.objects.filter(pk=foreign.pk).exists()


@pytest.mark.proves("ACC-08")
def test_security_history_is_the_persons_own(vs):
    colleague = vs.member()
    vs.sign_in(colleague)
    assert SecurityEvent.objects.filter(person=colleague).count() == 1
    page = vs.signed_in(vs.manager).get(vs.url("mon-compte/")).content.decode()
    assert "Connexion depuis un nouvel appareil" not in page


@pytest.mark.proves("ACC-10", "SEC-02")
def test_session_ends_after_half_an_hour_of_nothing(vs):
    """A21."""
    start = timezone.now()
    browser = vs.signed_in(vs.manager)
    with at(start + timedelta(minutes=29)):
        assert browser.get(vs.url("mon-compte/")).status_code == 200
    with at(start + timedelta(minutes=58)):
        assert browser.get(vs.url("mon-compte/")).status_code == 200
    with at(start + timedelta(minutes=88, seconds=1)):
        assert browser.get(vs.url("mon-compte/"))["Location"] == vs.url("?next=%2Fvs%2Fmon-compte%2F")


@pytest.mark.proves("ACC-10", "SEC-02")
def test_session_ends_after_twelve_hours_of_work(vs):
    """A21."""
    browser = vs.signed_in(vs.manager)
    start = timezone.now()
    for step in range(1, 12 * 60 // 20):
        with at(start + timedelta(minutes=20 * step)):
            assert browser.get(vs.url("mon-compte/")).status_code == 200
    with at(start + timedelta(hours=12, seconds=1)):
        assert browser.get(vs.url("mon-compte/")).status_code == 302


@pytest.mark.proves("ACC-10")
def test_keepalive_keeps_the_session(vs):
    start = timezone.now()
    browser = vs.signed_in(vs.manager)
    with at(start + timedelta(minutes=28)):
        assert browser.post(vs.url("session/")).status_code == 204
    with at(start + timedelta(minutes=57)):
        assert browser.get(vs.url("mon-compte/")).status_code == 200


@pytest.mark.proves("ACC-10")
def test_script_learns_of_the_end_of_the_session(vs):
    assert Client().post(vs.url("session/"), headers={"sec-fetch-dest": "empty"}).status_code == 401


def test_last_seen_is_written_once_a_minute(vs, django_assert_num_queries):
    browser = vs.signed_in(vs.manager)
    start = LoginSession.objects.get().last_seen_at
    browser.get(vs.url("mon-compte/"))
    assert LoginSession.objects.get().last_seen_at == start
    with at(start + timedelta(seconds=61)):
        browser.get(vs.url("mon-compte/"))
        assert LoginSession.objects.get().last_seen_at == start + timedelta(seconds=61)
