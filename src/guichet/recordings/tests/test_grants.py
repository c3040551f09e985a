"""Temporary accesses: given, thirty days to the second, revoked, renewed, reminded (REC-13)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from guichet.accounts.tokens import token_hash
from guichet.casework.errors import Overtaken
from guichet.recordings import queries
from guichet.recordings.actions import grants, listening
from guichet.recordings.actions.listening_errors import NotListenable, NotYours, Over, UnknownGround
from guichet.recordings.models import Listening, ListeningGrant, Recording
from guichet.recordings.states import Status
from guichet.recordings.tests import factories
from guichet.recordings.tests.listening_scenes import NOBODY, given, link_in, listener_browser, playlist, wanted

ZURICH = ZoneInfo("Europe/Zurich")


@pytest.fixture
def recording(doctor, desk):
    return factories.archived(by=doctor, agent=desk.records)


@pytest.mark.proves("REC-13")
def test_grant_opens_thirty_days_and_sends_a_link_whose_secret_is_kept_nowhere(recording, desk, mailbox, audited):
    grant = given(recording, desk.records)
    (mail,) = mailbox()
    token = link_in(mail.text).split("/")[-2]
    grant.refresh_from_db()
    assert (mail.to, grant.token_hash) == ("lucie@personne.example", token_hash(token))
    assert (grant.until - timezone.localdate()).days == 30
    assert (audited[0]["action"], audited[0]["legal_basis"]) == ("grant.given", "LPGA 47")
    medical = ("enregistrement", "expertise", "entretien", recording.mandate.number)
    assert [word for word in medical if word in (mail.subject + mail.text).lower()] == []


@pytest.mark.proves("REC-13")
def test_without_an_address_the_link_goes_by_sms(recording, desk, phone):
    given(recording, desk.records, email="")
    (text,) = phone("+41761234567")
    assert len(text) <= 160
    assert link_in(text).startswith("/vs/ecouter/")


@pytest.mark.proves("REC-13")
def test_grant_needs_right_ground_mobile_and_authorisation(recording, desk):
    for actor in (desk.listener, desk.agent, desk.auditor):
        with pytest.raises(NotYours):
            given(recording, actor)
    with pytest.raises(UnknownGround):
        given(recording, desk.records, ground="quality")
    with pytest.raises(NotListenable):
        given(recording, desk.records, mobile="")
    for kind in ("authorised", "physician"):
        with pytest.raises(NotListenable):
            grants.give(recording, wanted=wanted(kind=kind), by=desk.records)
        assert given(recording, desk.records, kind=kind).document is not None


@pytest.mark.proves("REC-11", "REC-13")
def test_every_act_on_an_access_asks_for_the_right(recording, desk, mailbox):
    grant = given(recording, desk.records)
    for act in (
        lambda by: grants.renew(grant, ground="appeal", case_reference="RC 2", by=by),
        lambda by: grants.revoke(grant, by=by),
        lambda by: grants.send_link_again(grant, by=by),
    ):
        for actor in (desk.listener, desk.agent, desk.auditor):
            with pytest.raises(NotYours):
                act(actor)
    assert (ListeningGrant.objects.alive().get(), len(mailbox())) == (grant, 1)


@pytest.mark.proves("REC-13")
def test_access_that_is_over_gets_no_link_and_no_reminder(recording, desk, vs, mailbox):
    grant = given(recording, desk.records)
    grants.revoke(grant, by=desk.records)
    with pytest.raises(Overtaken):
        grants.send_link_again(grant, by=desk.records)
    with pytest.raises(Overtaken):
        grants.renew(grant, ground="appeal", case_reference="RC 2", by=desk.records)
    with time_machine.travel(grant.granted_at + timedelta(days=26), tick=False):
        assert (grants.remind(vs), len(mailbox())) == (0, 1)


@pytest.mark.proves("REC-13")
@pytest.mark.parametrize(
    ("granted", "last_second"),
    [
        (datetime(2026, 6, 1, 0, 0, 1, tzinfo=ZURICH), datetime(2026, 7, 1, 23, 59, 59, tzinfo=ZURICH)),
        (datetime(2026, 6, 1, 23, 59, 59, tzinfo=ZURICH), datetime(2026, 7, 1, 23, 59, 59, tzinfo=ZURICH)),
        (datetime(2026, 9, 25, 12, tzinfo=ZURICH), datetime(2026, 10, 25, 23, 59, 59, tzinfo=ZURICH)),
        (datetime(2027, 2, 26, 12, tzinfo=ZURICH), datetime(2027, 3, 28, 23, 59, 59, tzinfo=ZURICH)),
    ],
)
def test_listening_goes_on_until_the_last_second_of_the_thirtieth_day(recording, desk, granted, last_second):
    with time_machine.travel(granted, tick=False) as clock:
        grant = given(recording, desk.records)
        clock.move_to(last_second)
        opened = listening.begin_on_grant(grant, visitor=NOBODY)
        assert opened[0].expires_at == last_second + timedelta(seconds=1)
        client = listener_browser(opened)
        _key, _header, segments = playlist(client, opened[0])
        assert client.get(segments[0]).status_code == 200
        clock.move_to(last_second + timedelta(seconds=1) - timedelta(microseconds=1))
        assert client.get(segments[1]).status_code == 200
        clock.move_to(last_second + timedelta(seconds=1))
        assert client.get(segments[2]).status_code == 410
        with pytest.raises(Over):
            listening.begin_on_grant(ListeningGrant.objects.get(pk=grant.pk), visitor=NOBODY)
    assert Listening.objects.get(pk=opened[0].pk).end_reason == "expired"


@pytest.mark.proves("REC-13", "REC-20")
def test_revoked_ends_the_listening_at_the_next_segment(recording, desk):
    grant = given(recording, desk.records)
    opened = listening.begin_on_grant(grant, visitor=NOBODY)
    client = listener_browser(opened)
    key, header, segments = playlist(client, opened[0])
    assert client.get(segments[0]).status_code == 200
    grants.revoke(grant, by=desk.records)
    ended = Listening.objects.get()
    assert (ended.end_reason, ended.ended_at is None) == ("revoked", False)  # though nobody asks for more
    assert [client.get(path).status_code for path in (key, header, segments[1])] == [410] * 3
    with pytest.raises(Overtaken):
        grants.revoke(grant, by=desk.records)
    assert [(row.state, row.grant.revoked_by) for row in queries.grants(desk.records, recording)] == [
        ("revoked", desk.records.person)
    ]


@pytest.mark.proves("REC-13", "REC-20")
def test_access_that_ends_earlier_ends_the_listening_at_the_next_segment(recording, desk):
    grant = given(recording, desk.records)
    opened = listening.begin_on_grant(grant, visitor=NOBODY)
    client = listener_browser(opened)
    _key, _header, segments = playlist(client, opened[0])
    ListeningGrant.objects.filter(pk=grant.pk).update(
        expires_at=timezone.now()
    )  # as a restore after a destruction does
    assert client.get(segments[0]).status_code == 410
    assert Listening.objects.get().end_reason == "expired"


@pytest.mark.proves("REC-13")
def test_renewal_is_a_new_access_with_a_ground_and_a_new_link(recording, desk, mailbox):
    grant = given(recording, desk.records)
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        with pytest.raises(UnknownGround):
            grants.renew(grant, ground="", case_reference="RC 2", by=desk.records)
        renewed = grants.renew(grant, ground="appeal", case_reference="RC 2", by=desk.records)
        assert (renewed.until - timezone.localdate()).days == 30
        first, second = (link_in(mail.text) for mail in mailbox())
    grant.refresh_from_db()
    assert first != second
    assert (grant.is_alive, renewed.ground, renewed.renews) == (False, "appeal", grant)


@pytest.mark.proves("REC-13")
def test_listener_is_reminded_once_some_days_before_the_end(recording, desk, mailbox, vs):
    grant = given(recording, desk.records)
    told = []
    for days in (1, 24, 25, 26, 31):
        with time_machine.travel(grant.granted_at + timedelta(days=days), tick=False):
            told.append(grants.remind(vs))
            texts = [mail.text for mail in mailbox()]
    assert told == [0, 0, 1, 0, 0]
    assert len([text for text in texts if "se termine le" in text]) == 1


@pytest.mark.proves("REC-13")
def test_access_is_neither_given_nor_renewed_once_the_destruction_was_asked_for(recording, desk):
    grant = given(recording, desk.records)
    Recording.objects.filter(pk=recording.pk).update(status=Status.DESTRUCTION_ASKED)  # the object in hand is older
    with pytest.raises(NotListenable):
        given(recording, desk.records)
    with pytest.raises(NotListenable):
        grants.renew(grant, ground="appeal", case_reference="RC 2", by=desk.records)
    with pytest.raises(NotListenable):
        listening.begin_on_grant(grant, visitor=NOBODY)
    assert (ListeningGrant.objects.get().is_alive, Listening.objects.count()) == (True, 0)


def test_new_link_kills_the_one_before(recording, desk, mailbox, client):
    grant = given(recording, desk.records)
    grants.send_link_again(grant, by=desk.records)
    first, second = (link_in(mail.text) for mail in mailbox())
    assert [client.get(path).status_code for path in (first, second)] == [404, 200]


@pytest.mark.proves("REC-10")
def test_commission_is_opened_once_and_after_the_end_again(recording, desk):
    asked = {"kind": "commission", "ground": "quality", "mobile": "", "email": "", "name": "COQEM"}
    given(recording, desk.records, **asked)
    with pytest.raises(Overtaken):
        given(recording, desk.records, **asked)
    with time_machine.travel(timezone.now() + timedelta(days=32)):
        assert given(recording, desk.records, **asked).token_hash is None
