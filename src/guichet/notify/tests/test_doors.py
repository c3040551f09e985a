"""Every door and its twin keep the same promises."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured

from guichet.notify.doors import (
    Mail,
    Postponed,
    Refused,
    Sms,
    Unavailable,
    build_mail_door,
    build_sms_door,
    mail_doors,
    sms_doors,
)
from guichet.notify.doors.memory import MemoryDoor
from guichet.notify.tests.fakes import FakeGateway, FakeSmtp, serving

ITEM = UUID("0190e4a0-0000-7000-8000-000000000001")
NOON = datetime(2026, 11, 23, 11, 0, 0, 123, tzinfo=UTC)
OK = b'{"StatusCode": "1", "StatusInfo": "OK"}'


def a_mail(item_id=ITEM, to="anna@institution.example"):
    return Mail(
        item_id=item_id,
        created_at=NOON,
        to=to,
        sender="Office AI d'essai",
        reply_to="office@office.example",
        language="fr",
        subject="Demande acceptée",
        text="Bonjour,\n.une ligne\n",
        html="<p>Bonjour</p>",
    )


def an_sms(item_id=ITEM, to="+41790000001"):
    return Sms(item_id=item_id, created_at=NOON, to=to, text="Code KX: 012345 - Guichet AI.")


@pytest.fixture(params=["smtp", "outbox", "memory"])
def mail_door(request, settings, tmp_path):
    settings.OUTBOX = tmp_path / "outbox"
    with serving(FakeSmtp()) as relay:
        addresses = {"smtp": f"smtp://127.0.0.1:{relay.port}?tls=none", "outbox": "outbox:", "memory": "memory:mail"}
        yield build_mail_door(addresses[request.param])


@pytest.fixture(params=["aspsms", "http", "outbox", "memory"])
def sms_door(request, settings, tmp_path):
    settings.OUTBOX = tmp_path / "outbox"
    with serving(FakeGateway(body=OK)) as gateway:
        addresses = {
            "aspsms": f"aspsms+http://u:p@127.0.0.1:{gateway.port}",
            "http": f"http+sms:http://127.0.0.1:{gateway.port}/send#token=t",
            "outbox": "outbox:",
            "memory": "memory:sms",
        }
        yield build_sms_door(addresses[request.param])


@pytest.mark.proves("MSG-03")
def test_mail_door_gives_a_reference_that_stays_the_same(mail_door):
    assert mail_door.send(a_mail()) == mail_door.send(a_mail())
    assert mail_door.send(a_mail(uuid4())) != mail_door.send(a_mail())


@pytest.mark.proves("MSG-03")
def test_sms_door_gives_a_reference_that_stays_the_same(sms_door):
    assert sms_door.send(an_sms()) == sms_door.send(an_sms())
    assert sms_door.send(an_sms(uuid4())) != sms_door.send(an_sms())


def test_doors_have_names_without_secrets(mail_door, sms_door):
    for door in (mail_door, sms_door):
        assert 0 < len(door.name) <= 80
    secret = build_sms_door("aspsms://user:s3cret@json.aspsms.com")
    assert secret.name == "aspsms json.aspsms.com"


def broken(kind):
    return {
        "smtp": lambda: build_mail_door("smtp://127.0.0.1:9?tls=none").send(a_mail()),
        "aspsms": lambda: build_sms_door("aspsms+http://u:p@127.0.0.1:9").send(an_sms()),
        "http": lambda: build_sms_door("http+sms:http://127.0.0.1:9/").send(an_sms()),
        "outbox": lambda: build_sms_door("outbox:").send(an_sms()),
        "memory": lambda: build_sms_door("memory:sms").send(an_sms()),
    }[kind]


@pytest.mark.parametrize("kind", ["smtp", "aspsms", "http", "outbox", "memory"])
def test_doors_say_when_nobody_is_there(kind, settings, tmp_path):
    settings.OUTBOX = tmp_path / "file"
    settings.OUTBOX.write_text("not a directory")
    MemoryDoor.mood["sms"] = Unavailable("gone")
    with pytest.raises(Unavailable):
        broken(kind)()


def test_outbox_door_writes_what_the_demo_promises(settings, tmp_path):
    settings.OUTBOX = tmp_path / "outbox"
    build_mail_door("outbox:").send(a_mail())
    build_sms_door("outbox:").send(an_sms(UUID(int=2)))
    build_sms_door("outbox:").send(an_sms(UUID(int=2)))
    files = sorted(Path(settings.OUTBOX).iterdir())
    assert [file.name for file in files] == [
        "20261123T110000000123Z-00000000-0000-0000-0000-000000000002.json",
        f"20261123T110000000123Z-{ITEM}.json",
    ]
    assert [json.loads(file.read_text()) for file in files] == [
        {
            "kind": "sms",
            "to": "+41790000001",
            "subject": "",
            "text": "Code KX: 012345 - Guichet AI.",
            "html": "",
            "created_at": "2026-11-23T11:00:00.000123+00:00",
        },
        {
            "kind": "mail",
            "to": "anna@institution.example",
            "subject": "Demande acceptée",
            "text": "Bonjour,\n.une ligne\n",
            "html": "<p>Bonjour</p>",
            "created_at": "2026-11-23T11:00:00.000123+00:00",
        },
    ]


def test_memory_door_shows_each_mood():
    door = build_sms_door("memory:sms")
    for error in (Refused("a"), Postponed("b"), Unavailable("c")):
        MemoryDoor.mood["sms"] = error
        with pytest.raises(type(error)):
            door.send(an_sms())
    assert MemoryDoor.kept == {}


@pytest.mark.proves("MSG-03")
def test_doors_come_from_the_settings_in_their_order(settings):
    settings.MAIL_DOOR = "smtps://user:p%40ss@relay.example"
    settings.SMS_DOORS = ["aspsms://u:p@json.aspsms.com?originator=GuichetAI", "http+sms:https://sms.example/x#to=dest"]
    assert [door.name for door in mail_doors()] == ["smtp relay.example:465"]
    assert [door.name for door in sms_doors()] == ["aspsms json.aspsms.com", "http sms.example/x"]
    settings.MAIL_DOOR = ""
    assert mail_doors() == []


@pytest.mark.parametrize(
    "address", ["", "pigeon:", "smtp://relay.example?tls=maybe", "smtp://user:s3cret@relay.example?tls=none"]
)
def test_build_mail_door_refuses_nonsense_without_quoting_it(address):
    with pytest.raises(ImproperlyConfigured) as refused:
        build_mail_door(address)
    assert str(refused.value).find("s3cret") == -1


@pytest.mark.parametrize(
    "address",
    [
        "",
        "pigeon:",
        "aspsms+http://u:s3cret@json.aspsms.com",
        "http+sms:http://gateway.example/#token=s3cret",
        "http+sms:ftp://127.0.0.1/#token=s3cret",
        "http+sms:https://gateway.example/#secret=s3cret",
    ],
)
def test_build_sms_door_refuses_nonsense_without_quoting_it(address):
    with pytest.raises(ImproperlyConfigured) as refused:
        build_sms_door(address)
    assert str(refused.value).find("s3cret") == -1
