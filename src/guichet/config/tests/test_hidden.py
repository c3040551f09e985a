import psycopg
import pytest

from guichet.config import database
from guichet.config.tests.test_audit_page import client_of
from guichet.invoices.tests import factories
from guichet.tenancy.context import tenant

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.proves("AUD-01", "SEC-02")]


def test_asking_for_somebody_else_s_object_is_recorded(test_database):
    insurer = factories.insurer()
    with tenant(insurer.pk):
        mine, other = factories.partner(insurer), factories.partner(insurer, "Autre")
        invoice = factories.draft(by=mine.manager, attached=False)
    client = client_of(other.manager)
    assert client.get(f"/vs/factures/{invoice.pk}/").status_code == 404
    assert client.get("/vs/unknown/").status_code == 404  # no object: nothing to record
    with psycopg.connect(test_database.url(database.AUDIT_READER)) as reader:
        found = reader.execute(
            "SELECT actor_id, object_id, outcome, reason, detail FROM audit.entry WHERE action = 'authz.denied'"
        ).fetchall()
    who = str(other.manager.person.pk)
    assert found == [(who, str(invoice.pk), "refused", "hidden", {"view": "invoices:case"})]


def test_what_cannot_be_recorded_is_said_to_be_unavailable(test_database):
    insurer = factories.insurer()
    with tenant(insurer.pk):
        company = factories.partner(insurer)
    client = client_of(company.manager)
    with psycopg.connect(test_database.url(database.MIGRATE), autocommit=True) as owner:
        owner.execute("REVOKE USAGE ON SCHEMA audit FROM guichet_app")
    response = client.get("/vs/factures/00000000-0000-4000-8000-000000000000/")
    assert (response.status_code, response["Retry-After"]) == (503, "10")
