"""Mail and SMS while the gateways are away: all delivered after their return, no code after its expiry (REL-02).

An hour without gateway is compressed to half a minute; the pauses of the platform are those of production (a
gateway that failed is put aside for a minute), so the return takes as long as it really does.
"""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING

import pytest

from bench import flow
from bench.visitor import Visitor
from guichet.config.local.processes import wait_until
from guichet.notify.tests.fakes import FakeGateway, FakeSmtp, serving
from tests.faults.demo import running
from tests.faults.senders import Sender

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.demo import Demo

pytestmark = [pytest.mark.faults, pytest.mark.proves("REL-02")]

_SENDINGS = 12
_WITHIN = 300  # seconds after the return of a gateway
_CODE = re.compile(r"\b\d{6}\b")


class Relays:
    """An SMTP relay and two SMS gateways; the first gateway is down from the beginning."""

    def __init__(self) -> None:
        self.smtp, self.first, self.second = FakeSmtp(), FakeGateway(status=503), FakeGateway()

    @property
    def environment(self) -> dict[str, str]:
        return {
            "GUICHET_MAIL": f"smtp://127.0.0.1:{self.smtp.port}?tls=none",
            "GUICHET_SMS": " ".join(f"http+sms:http://127.0.0.1:{g.port}/send" for g in (self.first, self.second)),
        }

    def message_ids(self) -> list[bytes]:
        return [re.findall(rb"(?im)^message-id: (\S+)", mail)[0] for mail in self.smtp.accepted]


@pytest.fixture(scope="module")
def relays() -> Iterator[Relays]:
    relays = Relays()
    with serving(relays.smtp), serving(relays.first), serving(relays.second):
        yield relays


@pytest.fixture(scope="module")
def demo(tmp_path_factory, relays) -> Iterator[Demo]:
    with running(tmp_path_factory.mktemp("demo"), relays.environment) as demo:
        assert wait_until(lambda: _open(demo, "mail") == 0, seconds=180, step=0.5)  # what seeding wrote
        yield demo


@pytest.fixture(scope="module")
def manager(demo) -> dict[str, str]:
    return next(a for a in json.loads((demo.var / "demo.json").read_text()) if a["role"] == "manager")


@pytest.fixture(scope="module")
def sender(demo, relays, manager) -> Iterator[Sender]:
    """Logged in with the code the second gateway was given."""
    account, visitor = manager, Visitor(demo.port, "vs")
    before = len(relays.second.requests)
    visitor.get("/vs/")
    answer = visitor.post("/vs/", {"email": account["email"], "password": account["password"], "next": ""})
    visitor.get(answer.location)
    assert wait_until(lambda: len(relays.second.requests) > before, seconds=150, step=0.1)
    code = _CODE.search(str(relays.second.requests[-1][2]["text"]))
    assert code
    opened = visitor.post(answer.location, {"code": code.group()})
    assert opened.status == 302
    offered = flow.choices(visitor)
    yield Sender(visitor, offered.people[0], offered.account, flow.document(20))
    visitor.close()


def test_a_code_takes_the_second_gateway_within_thirty_seconds(demo, relays, manager):
    before = len(relays.second.requests)
    began = time.monotonic()
    _ask_for_code(demo, manager)
    assert wait_until(lambda: len(relays.second.requests) > before, seconds=60, step=0.1)
    assert time.monotonic() - began < 30


def test_all_mails_arrive_after_the_relay_was_down(demo, relays, sender):
    before = set(relays.message_ids())
    relays.smtp.mood = "busy"
    for number in range(_SENDINGS):
        sender.send(f"M-{number}")
    time.sleep(20)
    assert (_open(demo, "mail"), set(relays.message_ids())) == (_SENDINGS, before)
    relays.smtp.mood = "ok"
    back = time.monotonic()
    assert wait_until(lambda: _open(demo, "mail") == 0, seconds=_WITHIN, step=0.5)
    assert time.monotonic() - back < _WITHIN
    assert len(set(relays.message_ids()) - before) == _SENDINGS


def test_no_code_arrives_after_its_expiry(demo, relays, manager):
    relays.first.status = relays.second.status = 503
    late = _ask_for_code(demo, manager)
    demo.query("UPDATE notify_outboxitem SET expires_at = now() + interval '10 seconds' WHERE id = %s", [late])
    time.sleep(12)
    relays.second.requests.clear()
    relays.first.status = relays.second.status = 200
    in_time = _ask_for_code(demo, manager)
    assert wait_until(lambda: _status(demo, in_time) == "sent", seconds=150, step=0.5)
    assert wait_until(lambda: _status(demo, late) == "expired", seconds=150, step=0.5)
    given = {request[2]["reference"] for gateway in (relays.first, relays.second) for request in gateway.requests}
    assert in_time in given
    assert late not in {request[2]["reference"] for request in relays.second.requests}


def test_a_mail_taken_twice_has_the_same_message_id(demo, relays, sender):
    """The relay takes the mail and the line breaks before it says so: P3, at least once, recognisable."""
    before = len(relays.smtp.accepted)
    relays.smtp.mood = "lost"
    sender.send("T-1")
    assert wait_until(lambda: len(relays.smtp.accepted) > before, seconds=60, step=0.2)
    relays.smtp.mood = "ok"
    assert wait_until(lambda: _open(demo, "mail") == 0, seconds=_WITHIN, step=0.5)
    again = relays.message_ids()[before:]
    assert (len(again) >= 2, len(set(again))) == (True, 1)


def _ask_for_code(demo: Demo, account: dict[str, str]) -> str:
    """Log in up to the code; the id of its item in the outbox."""
    visitor = Visitor(demo.port, "vs")
    visitor.get("/vs/")
    answer = visitor.post("/vs/", {"email": account["email"], "password": account["password"], "next": ""})
    assert answer.status == 302
    visitor.close()
    newest = "SELECT id::text FROM notify_outboxitem WHERE channel = 'sms' ORDER BY created_at DESC LIMIT 1"
    return str(demo.query(newest)[0][0])


def _open(demo: Demo, channel: str) -> int:
    """Items of the outbox that are still to be delivered."""
    statement = "SELECT count(*) FROM notify_outboxitem WHERE channel = %s AND status IN ('waiting', 'sending')"
    return int(demo.query(statement, [channel])[0][0])


def _status(demo: Demo, item: str) -> str:
    return str(demo.query("SELECT status FROM notify_outboxitem WHERE id = %s", [item])[0][0])
