"""Listening by staff: ground, segments, pace, log, and what ends it at once (REC-10, 20, 21)."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from guichet.accounts import sessions
from guichet.accounts.actions.staff import change_staff
from guichet.accounts.models import StaffMember, StaffRole
from guichet.recordings import queries
from guichet.recordings.actions import listening
from guichet.recordings.actions.listening_errors import NotListenable, NotServed, NotYours, UnknownGround
from guichet.recordings.models import Listening
from guichet.recordings.tests import factories
from guichet.recordings.tests.listening_scenes import (
    NOBODY,
    address,
    begun,
    given,
    lengthened,
    listener_browser,
    playlist,
    playlist_or_none,
    refusing_audit,
    with_cookie,
)
from guichet.recordings.views.stream import cookie_name


@pytest.fixture
def recording(doctor, desk):
    return factories.archived(by=doctor, agent=desk.records)


@pytest.fixture
def hearing(recording, desk, browser):
    """A listening of the agent who may hear, and the browser in it."""
    opened = begun(recording, desk.listener)
    return opened[0], with_cookie(browser(desk.listener), opened)


@pytest.fixture
def long_hearing(recording, desk, browser):
    opened = begun(lengthened(recording), desk.listener)
    return opened[0], with_cookie(browser(desk.listener), opened)


@pytest.mark.proves("REC-10")
def test_nobody_listens_without_the_right(recording, desk, doctor):
    would = replace(doctor, rights=frozenset({"listen"}))  # a right of staff is worth nothing to anybody else
    for actor in (desk.administrator, desk.records, desk.agent, desk.auditor, would):
        with pytest.raises(NotYours):
            begun(recording, actor)


@pytest.mark.proves("REC-10")
@pytest.mark.parametrize("ground", ["", "curiosity", "consultation", "quality"])
def test_nobody_listens_without_a_ground_of_the_list(recording, desk, ground):
    with pytest.raises(UnknownGround):
        begun(recording, desk.listener, ground=ground)


def test_what_is_not_archived_cannot_be_heard(doctor, desk):
    with pytest.raises(NotListenable):
        begun(factories.sent(by=doctor), desk.listener)


@pytest.mark.proves("REC-10", "REC-21")
def test_playing_serves_sealed_segments_and_writes_them_down_first(hearing, audited):
    found, client = hearing
    key, header, segments = playlist(client, found)
    assert len(segments) == 5
    answers = [client.get(path) for path in (key, header, *segments[:2])]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len(answers[0].content) == 16
    copy = factories.listening_copy()
    assert all(answer.content not in copy and len(answer.content) % 16 == 0 for answer in answers)
    for answer in answers:
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert [entry["action"] for entry in audited] == ["listening.served"] * 2
    assert audited[0]["subject_ref"] != ""
    assert audited[0]["legal_basis"] == "OPGA 7l al. 1 ; LPGA 43"
    found.refresh_from_db()
    assert found.served == [(0, 12_000)]


@pytest.mark.proves("REC-20")
def test_address_is_worth_nothing_without_its_cookie_or_in_another_listening(hearing, recording, desk, browser):
    found, client = hearing
    key, header, segments = playlist(client, found)
    strangers = [browser(desk.listener), browser(desk.records), listener_browser((found, "wrong"))]
    other = factories.staff(recording.insurer, StaffRole.AGENT, "listen")
    opened = begun(recording, other)
    strangers.append(with_cookie(browser(other), opened))
    for stranger in strangers:
        assert [stranger.get(path).status_code for path in (key, header, segments[0])] == [403] * 3
    stolen = segments[0].replace(str(found.pk), str(opened[0].pk))  # the other's own listening, with our signature
    assert strangers[-1].get(stolen).status_code == 403


@pytest.mark.proves("REC-20")
def test_cookie_alone_is_not_enough_for_staff(hearing, recording, browser):
    found, client = hearing
    _key, _header, segments = playlist(client, found)
    stolen = (found, client.cookies[cookie_name(found.pk)].value)
    colleague = factories.staff(recording.insurer, StaffRole.AGENT, "listen")
    for thief in (listener_browser(stolen), with_cookie(browser(colleague), stolen)):
        assert thief.get(segments[0]).status_code == 403
    assert client.get(segments[0]).status_code == 200  # nor do they end it


@pytest.mark.proves("REC-20")
@pytest.mark.parametrize("range_", ["bytes=0-", "bytes=0-99999999", "bytes=5-9,20-30", "bytes=-1", "nonsense"])
def test_ranges_get_one_segment_and_never_the_file(hearing, range_):
    found, client = hearing
    _key, _header, segments = playlist(client, found)
    answer = client.get(segments[0], headers={"Range": range_})
    assert answer.status_code == 200
    assert len(answer.content) < len(factories.listening_copy()) / 3


@pytest.mark.proves("REC-20")
def test_other_methods_and_paths_never_give_the_file(hearing):
    found, client = hearing
    _key, _header, segments = playlist(client, found)
    base, _, signature = segments[0].partition("?")
    root = base.rpartition("/")[0]
    assert client.head(segments[0]).content == b""
    assert [getattr(client, method)(segments[0]).status_code for method in ("post", "put", "delete")] == [405] * 3
    tricks = [
        f"{root}/999?{signature}",
        f"{root}/2?{signature}",
        f"{base}?s=",
        base,
        f"{root}/0-5?{signature}",
        f"{root}/-1",
        f"{root}/{2**31}?{signature}",  # no place in a list of the database
        f"{root}/{10**30}?{signature}",
    ]
    assert {client.get(path).status_code for path in tricks} == {403, 404}
    assert {client.get(f"{root}/{name}").status_code for name in ("", "copy", "..%2f1", "1.mp4", "entretien.mp4")} == {
        404
    }


@pytest.mark.proves("REC-21")
def test_ripping_is_throttled_and_logged(long_hearing, audited):
    found, client = long_hearing
    _key, _header, segments = playlist(client, found)
    statuses = [client.get(path).status_code for path in segments]
    assert statuses.count(200) * 6 <= 90 + 12  # the buffer, and what grew while the test ran
    assert statuses.count(429) >= 80
    refused = client.get(segments[-1])
    assert 1 <= int(refused["Retry-After"]) <= 3
    found.refresh_from_db()
    assert found.throttled == statuses.count(429) + 1
    logged = [entry for entry in audited if entry["action"] == "listening.throttled"]
    assert [entry["outcome"] for entry in logged] == ["refused"] * 2  # the first, and the fifty-first


@pytest.mark.proves("REC-21")
def test_pace_is_twice_hearing_and_a_new_listening_is_no_new_buffer(long_hearing, recording, desk, browser):
    found, client = long_hearing
    _key, _header, segments = playlist(client, found)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert [client.get(path).status_code for path in segments[:16]] == [200] * 15 + [429]
        clock.shift(timedelta(seconds=2))
        assert client.get(segments[20]).status_code == 429  # six seconds of sound take three of the clock
        clock.shift(timedelta(seconds=1))
        assert [client.get(path).status_code for path in segments[20:22]] == [200, 429]
        again = begun(recording, desk.listener)
        anew = with_cookie(browser(desk.listener), again)
        _key, _header, segments = playlist(anew, again[0])
        assert anew.get(segments[0]).status_code == 429
        clock.shift(timedelta(minutes=10))
        assert [anew.get(path).status_code for path in segments[:16]] == [200] * 15 + [429]


@pytest.mark.proves("REC-13", "REC-21")
def test_second_access_of_the_same_phone_is_no_second_buffer(recording, desk):
    lengthened(recording, 20)
    with time_machine.travel(timezone.now(), tick=False):
        first, second, other = (
            listening.begin_on_grant(given(recording, desk.records, mobile=mobile), visitor=NOBODY)
            for mobile in ("+41761234567", "+41761234567", "+41761234568")
        )
        heard = [
            [client.get(path).status_code for path in playlist_or_none(client, opened[0])].count(200)
            for opened in (first, second, other)
            for client in [listener_browser(opened)]
        ]
        third = listening.begin_on_grant(given(recording, desk.records), visitor=NOBODY)[0]
    assert (heard, third.allowance_ms) == ([0, 15, 15], 0)  # the first was ended by the second


@pytest.mark.proves("REC-21")
def test_played_is_taken_only_within_what_was_served(hearing, audited):
    found, client = hearing
    _key, _header, segments = playlist(client, found)
    for path in segments[:2]:
        client.get(path)

    def say(*spans):
        body = {"spans": list(spans)}
        return client.post(address("heard", found), body, content_type="application/json").status_code

    assert say([0, 7970], [9000, 12_100]) == 204
    assert say([0, 26_000]) == 422
    assert say([18_000, 20_000]) == 422
    assert say([5, 4]) == 422
    assert say("x") == 422
    found.refresh_from_db()
    assert found.played == [(0, 7970), (9000, 12_000)]
    assert [one.played for one in queries.listenings(found.recording)] == ["00:00–00:08, 00:09–00:12"]
    refused = [entry["action"] for entry in audited if entry["outcome"] == "refused"]
    assert refused == ["listening.played_refused"] * 2


@pytest.mark.proves("REC-21")
def test_clock_that_is_put_back_takes_nothing_from_the_buffer(hearing):
    found, client = hearing
    segments = playlist(client, found)[2]
    Listening.objects.filter(pk=found.pk).update(paced_at=timezone.now() + timedelta(hours=1))
    assert [client.get(path).status_code for path in segments[:2]] == [200, 200]


@pytest.mark.proves("REC-21")
def test_what_is_said_again_and_again_fills_no_audit(hearing, audited):
    found, client = hearing
    client.get(playlist(client, found)[2][0])
    for span in [(0, 3000)] * 5 + [(0, 4000)] * 5:
        listening.heard(listening.find(found.pk, insurer=found.insurer), [span])
    for _ in range(12):
        with pytest.raises(NotServed):
            listening.heard(listening.find(found.pk, insurer=found.insurer), [(0, 26_000)])
    acts = [entry["action"].removeprefix("listening.") for entry in audited]
    assert [acts.count(one) for one in ("played", "played_refused")] == [2, 10]


@pytest.mark.proves("REC-21")
def test_database_itself_refuses_played_beyond_served(hearing):
    found, _client = hearing
    with pytest.raises(IntegrityError), transaction.atomic():
        Listening.objects.filter(pk=found.pk).update(played=[(0, 1)])


@pytest.mark.proves("REC-21", "AUD-02")
def test_without_audit_nothing_plays(hearing, recording, desk, browser):
    found, client = hearing
    _key, _header, segments = playlist(client, found)
    with connection.execute_wrapper(refusing_audit):
        answer = client.get(segments[0])
        asked = browser(desk.listener).post(
            address("listen", recording), {"ground": "procedure", "case_reference": "RC 1"}
        )
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert asked.status_code == 503
    found.refresh_from_db()
    assert (found.served, found.allowance_ms) == ([], 90_000)
    assert Listening.objects.count() == 1
    assert client.get(segments[0]).status_code == 200


@pytest.mark.proves("REC-11")
def test_right_withdrawn_by_an_administrator_ends_listening_at_the_next_segment(hearing, desk, audited):
    found, client = hearing
    _key, _header, segments = playlist(client, found)
    assert client.get(segments[0]).status_code == 200
    member = StaffMember.objects.get(person=desk.listener.person)
    change_staff(by=desk.administrator, member=member, role=StaffRole.AGENT, rights=["records"])
    assert client.get(segments[1]).status_code == 403
    change_staff(by=desk.administrator, member=member, role=StaffRole.AGENT, rights=["listen"])
    assert client.get(segments[1]).status_code == 403  # given back: a new listening, with its ground
    found.refresh_from_db()
    assert (found.end_reason, found.served) == ("withdrawn", [(0, 6000)])
    assert [entry["action"] for entry in audited if "ended" in entry["action"]] == ["listening.ended"]


@pytest.mark.proves("REC-20")
def test_listening_ends_with_its_time(hearing, desk, browser):
    found, client = hearing
    _key, _header, segments = playlist(client, found)
    cookie = client.cookies[cookie_name(found.pk)].value
    with time_machine.travel(found.expires_at - timedelta(seconds=1), tick=False) as clock:
        later = with_cookie(browser(desk.listener), (found, cookie))  # four hours on: the login is another one
        assert later.get(segments[0]).status_code == 200
        assert listening.end_overdue(found.insurer) == 0
        clock.shift(timedelta(seconds=1))
        assert later.get(segments[1]).status_code == 410
        assert listening.end_overdue(found.insurer) == 0  # that request ended it
    found.refresh_from_db()
    assert (found.end_reason, found.served) == ("expired", [(0, 6000)])


def test_listening_nobody_asks_for_any_more_is_ended_by_the_round(hearing, audited):
    found, _client = hearing
    with time_machine.travel(found.expires_at, tick=False):
        assert [listening.end_overdue(found.insurer) for _ in range(2)] == [1, 0]
    assert [entry["action"] for entry in audited] == ["listening.ended"]


def test_listening_again_ends_the_one_before(hearing, recording, desk, browser):
    found, client = hearing
    _key, _header, segments = playlist(client, found)
    begun(recording, desk.listener)
    assert client.get(segments[0]).status_code == 410


def test_finishing_ends_it(hearing):
    found, client = hearing
    assert client.post(address("finish", found)).status_code == 204
    found.refresh_from_db()
    assert found.end_reason == "finished"


@pytest.mark.proves("REC-12")
def test_player_that_sends_no_cookie_gets_a_pass_for_half_an_hour(hearing, browser, desk):
    found, client = hearing
    path = client.post(address("pass", found)).json()["url"]
    bare = listener_browser((found, ""))
    _key, _header, segments = playlist(bare, found, ticket=path.split("/")[-2])
    assert bare.get(segments[0]).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=False):
        assert bare.get(segments[1]).status_code == 403


@pytest.mark.proves("REC-20")
def test_pass_of_staff_is_worth_nothing_after_the_logout(hearing, desk):
    found, client = hearing
    path = client.post(address("pass", found)).json()["url"]
    bare = listener_browser((found, ""))
    _key, _header, segments = playlist(bare, found, ticket=path.split("/")[-2])
    sessions.end(desk.listener.person.pk)
    assert [bare.get(address).status_code for address in (path, *segments[:2])] == [403] * 3
    found.refresh_from_db()
    assert (found.served, found.end_reason) == ([], "")


@pytest.mark.proves("REC-10")
def test_commission_hears_what_was_opened_to_it_and_nothing_else(recording, doctor, desk, browser):
    commission = factories.staff(recording.insurer, StaffRole.COMMISSION, "listen")
    other = factories.archived(by=doctor, agent=desk.records)
    given(recording, desk.records, kind="commission", ground="quality", mobile="", email="", name="COQEM")
    page = browser(commission).get("/vs/bureau/enregistrements/").content.decode()
    assert recording.mandate.number in page
    assert other.mandate.number not in page
    assert browser(commission).get(address("recording", other)).status_code == 404
    with pytest.raises(NotYours):
        begun(other, commission, ground="quality")
    with pytest.raises(UnknownGround):
        begun(recording, commission, ground="procedure")
    found, _token = begun(recording, commission, ground="quality")
    assert (found.role, found.grant.kind) == ("commission", "commission")


@pytest.mark.proves("PERF-06", "PERF-11")
def test_segment_costs_few_statements(hearing, django_assert_max_num_queries):
    found, client = hearing
    _key, _header, segments = playlist(client, found)
    client.get(segments[0])
    with django_assert_max_num_queries(7):  # two of them are the savepoint of the test's own transaction
        assert client.get(segments[1]).status_code == 200


@pytest.mark.proves("PERF-11")
def test_segment_of_three_hours_is_found_like_one_of_a_minute(hearing, recording, django_assert_num_queries):
    found, insurer = hearing[0], hearing[0].insurer
    for length in (10, 1800):
        lengthened(recording, length)
        with django_assert_num_queries(1):
            asked = listening.find_piece(found.pk, insurer=insurer, number=length)
        assert asked.piece[2:] == [(length - 1) * 6000, 6000]
        assert {"segments", "quality", "parts"} <= asked.recording.get_deferred_fields()
        assert {"served", "played"} <= asked.get_deferred_fields()


def test_heard_of_a_mandate_names_person_ground_and_seconds(hearing, recording, desk):
    found, client = hearing
    _key, _header, segments = playlist(client, found)
    client.get(segments[2])
    listening.heard(listening.find(found.pk, insurer=found.insurer), [(12_000, 13_000)])
    (one,) = queries.listenings_of(recording.mandate)
    assert (one.who, str(one.ground), one.played, one.served) == (
        str(desk.listener.person), "Procédure administrative", "00:12–00:13", "00:12–00:18",
    )  # fmt: skip
    with pytest.raises(NotServed):
        listening.heard(listening.find(found.pk, insurer=found.insurer), [(0, 1000)])
