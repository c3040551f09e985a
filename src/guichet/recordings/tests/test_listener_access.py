"""The listener's way in: link, code by SMS, player; parallel guesses, another browser, a defect (REC-20)."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from guichet.accounts import throttles
from guichet.recordings import rules
from guichet.recordings.actions import grants, listening_access
from guichet.recordings.actions.listening_access import CODE_IN_A_ROW
from guichet.recordings.actions.listening_errors import NotListenable, Over
from guichet.recordings.models import DefectReport, Listening, ListeningCode, Recording
from guichet.recordings.states import Status
from guichet.recordings.tests import factories
from guichet.recordings.tests.listening_scenes import NOBODY, address, given, link_in, playlist

NUMBER = "+41761234567"
CODE_PAGE = "/vs/ecouter/code/"


@pytest.fixture
def recording(doctor, desk):
    return factories.archived(by=doctor, agent=desk.records)


@pytest.fixture
def grant(recording, desk):
    return given(recording, desk.records)


@pytest.fixture
def link(mailbox, grant):
    return link_in(mailbox()[-1].text)


def code_in(texts):
    return re.search(r"(?<!\d)(\d{6})(?!\d)", texts[-1]).group(1)


def other(code):
    return f"{(int(code) + 1) % 10**6:06d}"


@pytest.fixture
def asked(link, phone, client):
    """A browser that waits for its code, and the code."""
    page = client.get(link)
    assert "•••• 67" in page.content.decode()
    assert client.post(link).status_code == 302
    return client, code_in(phone(NUMBER))


@pytest.mark.proves("REC-20")
def test_link_and_code_lead_to_the_player_and_its_sound(asked, recording):
    client, code = asked
    answer = client.post(CODE_PAGE, {"code": code})
    assert answer.status_code == 302
    cookie = next(
        morsel for name, morsel in client.cookies.items() if re.fullmatch("guichet-ecoute-[0-9a-f]{12}", name)
    )
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
    page = client.get(answer["Location"])
    text = page.content.decode()
    left = rules.days_left(rules.last_day(timezone.localdate()), timezone.localdate())
    assert ("Lucie Exemple" in text, f"encore {left} jours" in text, "download" in text) == (True, True, False)
    assert "Ce qui s'entend peut être enregistré" in text.replace("&#x27;", "'")
    assert page["Content-Security-Policy"].endswith("media-src 'self' blob:")
    assert "unsafe" not in page["Content-Security-Policy"]
    found = Listening.objects.get()
    _key, _header, segments = playlist(client, found)
    assert client.get(segments[0]).status_code == 200
    assert client.get(address("wave", found)).json()["peaks"] != []


@pytest.mark.proves("REC-20")
def test_code_works_once_and_in_its_browser_only(asked):
    client, code = asked
    assert Client().post(CODE_PAGE, {"code": code}).status_code == 410
    cookie = client.cookies["guichet-ecoute-code"].value
    assert client.post(CODE_PAGE, {"code": code}).status_code == 302
    client.cookies["guichet-ecoute-code"] = cookie
    assert client.post(CODE_PAGE, {"code": code}).status_code == 410
    assert Listening.objects.count() == 1


@pytest.mark.proves("REC-20")
def test_code_dies_after_five_minutes_and_five_tries(asked, phone):
    client, code = asked
    for left in (4, 3, 2, 1, 0):
        assert client.post(CODE_PAGE, {"code": other(code)}).status_code == 422, left
    locked = client.post(CODE_PAGE, {"code": code})
    assert (locked.status_code, int(locked["Retry-After"]) > 0) == (429, True)
    assert client.post(f"{CODE_PAGE}nouveau/").status_code == 429  # sixty seconds
    with time_machine.travel(timezone.now() + timedelta(seconds=61)) as clock:
        assert client.post(f"{CODE_PAGE}nouveau/").status_code == 302
        fresh = code_in(phone(NUMBER))
        clock.shift(timedelta(minutes=5))
        assert client.post(CODE_PAGE, {"code": fresh}).status_code == 422
    assert Listening.objects.count() == 0


@pytest.mark.proves("REC-20")
def test_secrets_are_stored_as_hashes(asked):
    client, code = asked
    attempt = ListeningCode.objects.get()
    stored = f"{attempt.code_hash} {attempt.browser_hash} {attempt.grant.token_hash}"
    assert [secret for secret in (code, client.cookies["guichet-ecoute-code"].value) if secret in stored] == []


@pytest.mark.proves("REC-13")
def test_links_that_are_over_or_never_were(link, grant, desk, client):
    assert client.get("/vs/ecouter/abcdefgh/").status_code == 404
    with time_machine.travel(grant.expires_at - timedelta(seconds=1), tick=False) as clock:
        assert client.get(link).status_code == 200
        clock.shift(timedelta(seconds=1))
        assert (client.get(link).status_code, client.post(link).status_code) == (410, 410)
    grants.revoke(grant, by=desk.records)
    assert client.get(link).status_code == 410


@pytest.mark.proves("REC-13")
def test_code_on_its_way_dies_with_the_access(asked, grant, desk):
    client, code = asked
    grants.revoke(grant, by=desk.records)
    assert client.post(CODE_PAGE, {"code": code}).status_code == 410


@pytest.mark.proves("REC-20")
def test_hundred_wrong_codes_in_a_row_lock_the_access_until_the_link_is_sent_again(asked, grant, desk, link, mailbox):
    client, code = asked
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(98):
            throttles.take(CODE_IN_A_ROW, str(grant.pk))
        assert client.post(CODE_PAGE, {"code": code[::-1] if code != code[::-1] else other(code)}).status_code == 422
        assert Client().get(link).status_code == 200
        assert client.post(CODE_PAGE, {"code": other(code)}).status_code == 422  # the hundredth
        assert [client.post(CODE_PAGE, {"code": code}).status_code, Client().get(link).status_code] == [410] * 2
        clock.shift(timedelta(days=29))
        assert Client().get(link).status_code == 410
        grants.send_link_again(grant, by=desk.records)
        assert Client().get(link_in(mailbox()[-1].text)).status_code == 200


@pytest.mark.proves("REC-20")
def test_right_code_counts_wrong_ones_anew(asked, grant):
    client, code = asked
    for _ in range(99):
        throttles.take(CODE_IN_A_ROW, str(grant.pk))
    assert client.post(CODE_PAGE, {"code": code}).status_code == 302
    assert throttles.take(CODE_IN_A_ROW, str(grant.pk)).last is False


@pytest.mark.proves("REC-20")
def test_one_number_gets_twenty_codes_a_day_until_the_office_sends_the_link_again(recording, desk, mailbox):
    links = []
    for _ in range(3):
        last = given(recording, desk.records)
        links.append(link_in(mailbox()[-1].text))
    statuses = [Client().post(path).status_code for path in links for _ in range(8)]
    assert (statuses[:7], statuses.count(302), statuses[-3:]) == ([302] * 7, 20, [429] * 3)
    with time_machine.travel(timezone.now() + timedelta(hours=23), tick=False):
        assert Client().post(links[0]).status_code == 429
        grants.send_link_again(last, by=desk.records)
        assert Client().post(link_in(mailbox()[-1].text)).status_code == 302


@pytest.mark.proves("REC-20")
def test_access_revoked_or_recording_destroyed_while_the_code_is_typed_opens_nothing(asked, grant, desk, recording):
    client, code = asked
    attempt = listening_access.find_attempt(recording.insurer, client.cookies["guichet-ecoute-code"].value)
    Recording.objects.filter(pk=recording.pk).update(status=Status.DESTRUCTION_ASKED)
    with pytest.raises(NotListenable):
        listening_access.enter(attempt, code, visitor=NOBODY)
    Recording.objects.filter(pk=recording.pk).update(status=Status.ARCHIVED)
    grants.revoke(grant, by=desk.records)
    with pytest.raises(Over):
        listening_access.enter(attempt, code, visitor=NOBODY)
    assert (Listening.objects.count(), ListeningCode.objects.get().used_at) == (0, None)


@pytest.mark.proves("REC-22")
def test_listener_reports_a_defect_and_the_office_settles_it(asked, recording, desk, browser):
    client, code = asked
    page = client.post(CODE_PAGE, {"code": code})["Location"]
    assert client.post(f"{page}defaut/", {"at_ms": "3000", "text": " "}).status_code == 422
    assert client.post(f"{page}defaut/", {"at_ms": "3000", "text": "On n'entend plus l'expert."}).status_code == 303
    office = browser(desk.records)
    shown = office.get(address("recording", recording)).content.decode()
    assert "On n&#x27;entend plus l&#x27;expert." in shown
    report = DefectReport.objects.get()
    assert (report.at_ms, report.clock) == (3000, "00:03")
    assert office.post(address("defect_settle", report), {"outcome": ""}).status_code == 422
    assert office.post(address("defect_settle", report), {"outcome": "Nouvel entretien."}).status_code == 303
    assert office.post(address("defect_settle", report), {"outcome": "Autre."}).status_code == 409


@pytest.mark.django_db(transaction=True)
@pytest.mark.proves("REC-20", "SEC-02")
def test_thirty_wrong_codes_at_once_are_evaluated_five_times(asked):
    client, code = asked
    cookie = client.cookies["guichet-ecoute-code"].value
    barrier = Barrier(8)

    def guess(number):
        try:
            if number < 8:
                barrier.wait(timeout=120)
            one = Client()
            one.cookies["guichet-ecoute-code"] = cookie
            return one.post(CODE_PAGE, {"code": other(code)}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(guess, range(30)))
    assert ListeningCode.objects.get().tries == 5
    assert statuses.count(422) == 5
    assert client.post(CODE_PAGE, {"code": code}).status_code == 429
