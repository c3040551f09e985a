from __future__ import annotations

import time

import pytest
from django.utils import timezone

from guichet.notify.doors import Refused, Unavailable, build_sms_door, post
from guichet.notify.doors.aspsms import AspsmsDoor
from guichet.notify.models import Status
from guichet.notify.testing import deliver_all
from guichet.notify.tests.fakes import FakeGateway, serving
from guichet.notify.tests.samples import the_item, write_sms
from guichet.notify.tests.test_doors import ITEM, OK, an_sms


@pytest.fixture
def gateway():
    with serving(FakeGateway(body=OK)) as server:
        yield server


@pytest.fixture
def quick(monkeypatch):
    """A provider's ten seconds last half a second."""
    monkeypatch.setattr(post, "STEP_TIMEOUT", 0.3)
    monkeypatch.setattr(post, "TIMEOUT", 0.5)


def aspsms(gateway, options="originator=GuichetAI"):
    return build_sms_door(f"aspsms+http://USERKEY:p%40ss@127.0.0.1:{gateway.port}?{options}")


def generic(gateway, options="token=Bearer%20s3cret&originator=Guichet"):
    return build_sms_door(f"http+sms:http://127.0.0.1:{gateway.port}/v1/send?a=b#{options}")


@pytest.mark.proves("MSG-03")
def test_aspsms_gets_the_published_request(gateway):
    assert aspsms(gateway).send(an_sms()) == ITEM.hex
    path, headers, body = gateway.requests[0]
    assert [path, headers["Content-Type"]] == ["/SendSimpleTextSMS", "application/json; charset=utf-8"]
    assert body == {
        "UserName": "USERKEY",
        "Password": "p@ss",
        "Originator": "GuichetAI",
        "Recipients": [f"+41790000001:{ITEM.hex}"],
        "MessageText": "Code KX: 012345 - Guichet AI.",
    }


def test_aspsms_leaves_the_reference_away_when_told(gateway):
    aspsms(gateway, "tracking=no").send(an_sms())
    assert gateway.requests[0][2]["Recipients"] == ["+41790000001"]


def test_aspsms_is_reached_by_https():
    door = build_sms_door("aspsms://u:p@json.aspsms.com")
    assert isinstance(door, AspsmsDoor)
    assert door.url.geturl() == "https://json.aspsms.com/SendSimpleTextSMS"


@pytest.mark.parametrize(
    "answer, error, code",
    [
        (b'{"StatusCode": "3", "StatusInfo": "Authorization failed."}', Unavailable, "aspsms 3"),
        (b'{"StatusCode": "5", "StatusInfo": "Not enough credits"}', Unavailable, "aspsms 5"),
        (b'{"StatusCode": "30", "StatusInfo": "Originator not authorized"}', Unavailable, "aspsms 30"),
        (b'{"StatusCode": "9", "StatusInfo": "+41790000001 invalid"}', Refused, "aspsms 9"),
        (b"<html>maintenance</html>", Unavailable, "aspsms unreadable"),
        (b"[]", Unavailable, "aspsms unreadable"),
        (b'{"StatusCode": "+41790000001"}', Unavailable, "aspsms unreadable"),
        (b"", Unavailable, "aspsms unreadable"),
    ],
)
def test_aspsms_tells_the_number_from_the_account(gateway, answer, error, code):
    gateway.body = answer
    with pytest.raises(error) as said:
        aspsms(gateway).send(an_sms())
    assert said.value.code == code


@pytest.mark.proves("MSG-03")
def test_http_gateway_gets_the_configured_fields(gateway):
    generic(gateway, "token=s3cret&header=X-Key&to=dest&text=msg&reference=id&sender=src&originator=AI").send(an_sms())
    path, headers, body = gateway.requests[0]
    assert [path, headers["X-Key"]] == ["/v1/send?a=b", "s3cret"]
    assert body == {"dest": "+41790000001", "msg": "Code KX: 012345 - Guichet AI.", "id": str(ITEM), "src": "AI"}


def test_http_gateway_leaves_away_what_is_not_named(gateway):
    generic(gateway, "reference=&sender=").send(an_sms())
    _, headers, body = gateway.requests[0]
    assert body == {"to": "+41790000001", "text": "Code KX: 012345 - Guichet AI."}
    assert headers.get("Authorization") is None


@pytest.mark.parametrize(
    "status, error",
    [(400, Refused), (422, Refused)] + [(status, Unavailable) for status in (301, 401, 403, 404, 429, 500, 503)],
)
def test_http_gateway_tells_the_number_from_the_gateway(gateway, status, error):
    """And a redirect is never followed: it would carry the token elsewhere."""
    gateway.status = status
    with pytest.raises(error) as said:
        generic(gateway).send(an_sms())
    assert [said.value.code, len(gateway.requests)] == [f"http {status}", 1]


@pytest.mark.parametrize("build", [aspsms, generic])
@pytest.mark.parametrize("mood", ["slow", "lost"])
def test_gateways_get_no_more_than_their_time(gateway, quick, build, mood):
    gateway.mood = mood
    start = time.monotonic()
    with pytest.raises(Unavailable):
        build(gateway).send(an_sms())
    assert time.monotonic() - start < 60


def test_gateways_that_never_finish_their_answer_are_cut_off(gateway, quick):
    """The generic one has said 200 by then, ASPSMS says it in the body only."""
    gateway.mood = "drip"
    start = time.monotonic()
    assert generic(gateway).send(an_sms()) == str(ITEM)
    with pytest.raises(Unavailable):
        aspsms(gateway).send(an_sms())
    assert time.monotonic() - start < 60


@pytest.mark.parametrize("build", [aspsms, generic])
def test_gateways_with_an_http_error_are_unavailable(gateway, build):
    gateway.status = 500
    with pytest.raises(Unavailable, match="http 500"):
        build(gateway).send(an_sms())


@pytest.mark.proves("MSG-03", "REL-02")
@pytest.mark.parametrize("mood", ["slow", "lost", "failing"])
def test_second_gateway_takes_over_at_once(insurer, settings, quick, mood):
    """Case R09: time-out, accepted but lost, and 500; the code leaves within seconds by the other gateway."""
    with serving(FakeGateway(mood="ok")) as first, serving(FakeGateway(body=OK)) as second:
        if mood == "failing":
            first.status = 500
        else:
            first.mood = mood
        settings.SMS_DOORS = [
            f"http+sms:http://127.0.0.1:{first.port}/",
            f"aspsms+http://u:p@127.0.0.1:{second.port}",
        ]
        start = timezone.now()
        write_sms(insurer)
        deliver_all(insurer)
        item = the_item("s1")
        assert item.status == Status.SENT
        assert [item.gateway, item.provider_reference] == [f"aspsms 127.0.0.1:{second.port}", item.pk.hex]
        assert (item.sent_at - start).total_seconds() < 30
        write_sms(insurer, key="s2")
        deliver_all(insurer)
        assert [len(first.requests), len(second.requests)] == [1, 2]
