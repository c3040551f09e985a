"""The interface against keys that are foreign, ended or too weak: every operation, by its own document (SEC-02)."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from guichet.invoices.actions import tokens
from guichet.invoices.api.service import api
from guichet.invoices.models import ApiToken
from guichet.tenancy.context import tenant
from tests.adversarial.world import CANARY
from tests.rails.responses import read_only

pytestmark = [pytest.mark.proves("SEC-02", "ORG-03"), pytest.mark.xdist_group("keys")]

OF_AN_INVOICE = "{invoice_id}"
BODY = json.dumps({"draft_no": 1, "answers": {}, "form": "318.632"})


def operations():
    paths = api.get_openapi_schema(path_prefix="/vs/api/v1/")["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods]


OPERATIONS = operations()


def ask(world, method, path, secret, *, slug="vs"):
    address = path.replace("/vs/", f"/{slug}/").replace(OF_AN_INVOICE, str(world.ids["sent_id"]))
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "x" * 12}
    return Client().generic(method, address, BODY, content_type="application/json", headers=headers)


def test_there_are_operations():
    assert len(OPERATIONS) == 12


@pytest.mark.parametrize("method, path", OPERATIONS)
def test_another_company_s_key_reaches_nothing(world, savepoint, method, path):
    response = ask(world, method, path, world.ids["entry_foreign"])
    if OF_AN_INVOICE in path:
        assert response.status_code in {404, 422}  # 422: the body itself
    assert response.status_code < 500
    assert CANARY.lower() not in response.content.decode().lower()


@pytest.mark.parametrize("method, path", OPERATIONS)
def test_a_key_of_another_office_or_of_the_past_opens_nothing(world, savepoint, method, path):
    secret = world.ids["entry_secret"]
    assert ask(world, method, path, secret, slug="be").status_code == 401
    assert ask(world, method, path, secret[:-1] + "!").status_code == 401
    with tenant(world.vs.pk):
        tokens.revoke(ApiToken.objects.get(pk=world.ids["entry_token_id"]), by=world.actors["manager"])
    with read_only():
        assert ask(world, method, path, secret).status_code == 401


@pytest.mark.parametrize("method, path", [one for one in OPERATIONS if one[0] != "GET"])
def test_a_key_that_may_only_read_changes_nothing(world, savepoint, method, path):
    with read_only():
        response = ask(world, method, path, world.ids["entry_reading"])
    assert response.status_code == 403


@pytest.mark.parametrize("method, path", OPERATIONS)
def test_a_login_is_no_key(world, savepoint, method, path):
    address = path.replace(OF_AN_INVOICE, str(world.ids["sent_id"]))
    response = world.client("manager").generic(method, address, BODY, content_type="application/json")
    assert response.status_code == 401
