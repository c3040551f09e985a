import re

import psycopg
import pytest
from django.db import transaction
from django.test import Client

from guichet.accounts.sessions import open_session
from guichet.accounts.visitor import Visitor
from guichet.audit import Who, record
from guichet.config import database
from guichet.invoices.tests import factories
from guichet.tenancy.context import tenant

AVS = "756.9999.0000.02"
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.proves("AUD-01", "AUD-03")]


@pytest.fixture
def office():
    insurer = factories.insurer()
    with tenant(insurer.pk):
        desk = factories.office(insurer)
        with transaction.atomic():
            record("invoice.read", insurer_id=insurer.pk, by=desk.agent.who, on="invoice", object_id="7", subject=AVS)
            record("invoice.sent", insurer_id=insurer.pk, by=Who("nobody", "agent"), on="invoice", object_id="8")
        yield desk


def client_of(actor):
    token, _session = open_session(person=actor.person, space=actor.insurer, factors="pwd sms", visitor=Visitor())
    client = Client()
    client.cookies["guichet"] = token
    return client


def acts(response):
    return re.findall(r'data-label="Acte">([^<]+)<', response.content.decode())


def test_the_auditor_sees_the_newest_entries_and_is_seen(office, test_database):
    client = client_of(office.auditor)
    first = client.get("/vs/audit/")
    assert (first.status_code, acts(first)) == (200, ["audit.read", "invoice.sent", "invoice.read"])
    assert str(office.agent.person) in first.content.decode()
    with psycopg.connect(test_database.url(database.AUDIT_READER)) as reader:
        found = reader.execute("SELECT actor_id, role FROM audit.entry WHERE action = 'audit.read'").fetchall()
    assert found == [(str(office.auditor.person.pk), "auditor")]


def test_the_auditor_asks_about_a_person_without_a_word_in_the_address(office):
    response = client_of(office.auditor).post("/vs/audit/", {"subject": "756 9999 0000 02"})
    assert acts(response) == ["audit.read", "invoice.read"]
    assert response.request["QUERY_STRING"] == ""
    assert "756 9999 0000 02" in response.content.decode()


def test_the_auditor_asks_who_acted_and_when(office):
    client = client_of(office.auditor)
    assert acts(client.post("/vs/audit/", {"actor": office.agent.person.email.upper()})) == ["invoice.read"]
    assert acts(client.post("/vs/audit/", {"actor": "unknown@nowhere.example"})) == []
    assert acts(client.post("/vs/audit/", {"object_id": "8"})) == ["invoice.sent"]
    assert acts(client.post("/vs/audit/", {"until": "01.01.2020"})) == []
    assert "invoice.sent" in acts(client.post("/vs/audit/", {"since": "01.01.2020"}))


@pytest.mark.parametrize(
    "typed", [{"since": "31.02.2026"}, {"until": "x"}, {"after": "nonsense"}, {"object_id": "x" * 81}]
)
def test_nonsense_is_an_error_with_what_was_typed(office, typed):
    response = client_of(office.auditor).post("/vs/audit/", typed)
    assert response.status_code == 422
    assert 'id="errorsummary"' in response.content.decode()


def test_pages_follow_one_another(office):
    with transaction.atomic():
        for number in range(60):
            record(
                "invoice.opened", insurer_id=office.agent.insurer.pk, by=office.agent.who, on="x", object_id=str(number)
            )
    client = client_of(office.auditor)
    asked = {"actor": office.agent.person.email}
    first = client.post("/vs/audit/", asked)
    [cursor] = re.findall(r'name="after" value="([^"]+)"', first.content.decode())
    second = client.post("/vs/audit/", asked | {"after": cursor})
    assert (len(acts(first)), len(acts(second))) == (50, 11)


def test_nobody_else_may_look(office):
    for actor in (office.agent, office.administrator):
        assert client_of(actor).get("/vs/audit/").status_code == 403
    assert Client().get("/vs/audit/").status_code == 302


def test_without_its_audit_nothing_is_shown_and_the_visitor_may_try_again(office, test_database):
    """AUD-02 at the surface: 503 with Retry-After (security.md G05)."""
    client = client_of(office.auditor)
    with psycopg.connect(test_database.url(database.MIGRATE), autocommit=True) as owner:
        owner.execute("REVOKE INSERT ON audit.entry FROM guichet_app")
        owner.execute("REVOKE USAGE ON SCHEMA audit FROM guichet_app")
    response = client.get("/vs/audit/")
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert "invoice.read" not in response.content.decode()
