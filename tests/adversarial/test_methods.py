"""Methods nobody offers, forms of another site, hosts that are not ours (B01, D06, D08, D11, D15)."""

from __future__ import annotations

import re

import pytest
from django.db import transaction
from django.urls import reverse

from tests.adversarial.routes import ROUTES

pytestmark = [pytest.mark.proves("SEC-02", "SEC-05"), pytest.mark.xdist_group("methods")]

POSTS = [name for name, route in ROUTES.items() if route.post]
FORMS = [name for name in POSTS if not name.startswith("api:")]  # a key is no cookie: no browser sends it by itself


def address(world, name):
    return reverse(name, kwargs=ROUTES[name].arguments(world, "vs"))


def role_of(name):
    return ROUTES[name].owner


@pytest.mark.parametrize("method", ["TRACE", "PUT", "PATCH", "DELETE", "CONNECT", "XYZZY"])
def test_a_method_nobody_offers_is_405(world, savepoint, method):
    wrong = {
        name: status
        for name in ROUTES
        if method not in ROUTES[name].also
        and (status := world.client(role_of(name)).generic(method, address(world, name)).status_code) != 405
    }
    assert wrong == {}


def test_get_of_an_act_is_405(world, savepoint):
    acts = [name for name in POSTS if not ROUTES[name].get]
    answers = {name: world.client(role_of(name)).get(address(world, name)).status_code for name in acts}
    assert {name: status for name, status in answers.items() if status != 405} == {}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_of_another_site_is_403(world, savepoint, name):
    client = world.client(role_of(name), enforce_csrf_checks=True)
    for headers in ({}, {"Origin": "https://evil.example"}, {"X-CSRFToken": "a" * 64}):
        response = client.post(address(world, name), ROUTES[name].data, headers=headers)
        assert (headers, response.status_code) == (headers, 403)


@pytest.mark.parametrize("override", [{"X-HTTP-Method-Override": "POST"}, {"X-Method-Override": "DELETE"}])
def test_a_method_is_never_overridden(world, savepoint, override):
    for name in ("invoices:withdraw", "invoices:discard", "accounts:logout"):
        response = world.client(role_of(name)).get(address(world, name) + "?_method=POST", headers=override)
        assert (name, response.status_code) == (name, 405)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "testserver.evil.example", "[::1]", "a b", ""])
def test_a_host_that_is_not_ours_is_400(world, savepoint, host):
    for name in ("platform:spaces", "accounts:login", "invoices:counter", "accounts:forgotten"):
        response = world.client(role_of(name)).get(address(world, name), headers={"Host": host})
        assert (name, response.status_code) == (name, 400)
        assert b"evil.example" not in response.content


def test_a_forwarded_host_changes_nothing(world, savepoint):
    headers = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    for name in ("accounts:login", "invoices:counter"):
        response = world.client(role_of(name)).get(address(world, name), headers=headers)
        assert (name, response.status_code) == (name, 200)
        assert b"evil.example" not in response.content


def test_a_login_leads_only_into_its_own_space(world, savepoint):
    """D05: the address after the login never leaves the space."""
    hostile = [
        "//evil.example", "/\\evil.example", "https:///evil.example", "https://evil.example", "javascript:alert(1)",
        "\t//evil.example", "/%09/evil.example", "\x08//evil.example", "/be/guichet/", "///evil.example", "vs/../be/",
    ]  # fmt: skip
    for value in hostile:
        with transaction.atomic():
            response = world.client("anonymous").get("/vs/", {"next": value})
            transaction.set_rollback(True)
        assert response.status_code == 200
        found = re.findall(r'name="next" value="([^"]*)"', response.content.decode())
        assert [target for target in found if target and not target.startswith("/vs/")] == []
