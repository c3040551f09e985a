"""The interface for the sender's software: the acts of the pages, by key, for one affiliation only."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from guichet.accounts.actions import members
from guichet.invoices.actions import tokens
from guichet.invoices.models import ApiToken, Beneficiary, Invoice, InvoiceVersion
from guichet.invoices.tests import factories

pytestmark = pytest.mark.proves("INV-14")


@pytest.fixture
def key(company):
    """The secret of a key that may do everything."""
    return tokens.make(name="Comptabilité", scopes=["read", "send"], days=90, by=company.manager)[1]


@pytest.fixture
def ask(key):
    """`ask("GET", "invoices")` asks with the key, `secret=` with another."""
    client = Client()

    def asked(method, path, body=None, *, secret=key, **headers):
        headers = {"Authorization": f"Bearer {secret}", **headers}
        data = json.dumps(body) if body is not None else b""
        return client.generic(method, f"/vs/api/v1/{path}", data, content_type="application/json", headers=headers)

    return asked


def answers(whom, company, **changes):
    return factories.typed(whom=whom, account=company.account, **changes)


def test_an_invoice_goes_all_the_way(ask, anna, company, key):
    whom = factories.beneficiary(by=anna)
    opened = ask("POST", "invoices", {"form": "318.632", "answers": answers(whom, company, unknown="x")})
    assert opened.status_code == 201
    here = f"invoices/{opened.json()['id']}"
    blocked = ask("POST", f"{here}/send", {"draft_no": 1}, **{"Idempotency-Key": "facture-0001"})
    assert (blocked.status_code, [one["code"] for one in blocked.json()["findings"]]) == (422, ["invoice.document"])
    file = SimpleUploadedFile("facture.pdf", factories.PDF, content_type="application/pdf")
    there = f"/vs/api/v1/{here}/documents"
    attached = Client().post(there, {"file": file}, headers={"Authorization": f"Bearer {key}"})
    assert (attached.status_code, attached.json()["name"]) == (201, "facture.pdf")
    checked = ask("GET", f"{here}/check").json()
    assert (checked["sendable"], checked["total"]) == (True, "370.50")
    for _ in range(2):
        sent = ask("POST", f"{here}/send", {"draft_no": 1}, **{"Idempotency-Key": "facture-0001"})
        assert (sent.status_code, sent.json()["status"], sent.json()["total"]) == (200, "in_review", "370.50")
    assert InvoiceVersion.objects.count() == 1
    assert ask("POST", f"{here}/send", {"draft_no": 1}, **{"Idempotency-Key": "facture-0002"}).status_code == 409
    assert ask("POST", f"{here}/answers", {"draft_no": 1, "answers": {}}).status_code == 409
    assert [one["id"] for one in ask("GET", "invoices").json()["items"]] == [opened.json()["id"]]
    assert ask("GET", f"{here}/pdf").content[:5] == b"%PDF-"


def test_the_audit_names_the_key_and_who_made_it(ask, company, audited):
    ask("POST", "invoices", {"form": "318.632"})
    token = ApiToken.objects.get()
    entry = audited[-1]
    assert entry["action"] == "invoice.opened"
    assert {f"api:{token.pk}", str(company.manager.person.pk)} <= set(entry.values())
    assert token.last_used_at is not None


def test_saving_on_an_older_state_is_a_conflict(ask):
    here = f"invoices/{ask('POST', 'invoices', {'form': '318.632'}).json()['id']}/answers"
    assert ask("POST", here, {"draft_no": 1, "answers": {"remark": "a"}}).json()["draft_no"] == 2
    assert ask("POST", here, {"draft_no": 1, "answers": {"remark": "b"}}).status_code == 409


def test_a_key_is_only_kept_as_a_hash(key):
    assert key not in str(list(ApiToken.objects.values()))


def test_keys_that_open_nothing(ask, key, company, vs):
    dead = [
        "",
        "gk_",
        "gk_" + "x" * 43,
        "x" * 5_000,
        key[:-1],
        tokens.make(name="x", scopes=["read"], days=1, by=company.manager)[1],
        tokens.make(name="y", scopes=["read"], days=1, by=company.manager)[1],
    ]
    ApiToken.objects.filter(name="x").update(expires_at=timezone.now() - timedelta(seconds=1))
    tokens.revoke(ApiToken.objects.get(name="y"), by=company.manager)
    for secret in dead:
        answer = ask("GET", "invoices", secret=secret)
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert ask("GET", "invoices").status_code == 200


def test_a_key_ends_with_the_manager_who_made_it(ask, company, vs):
    other = factories.member(vs, company.affiliation, "manager", factories.person("Luc"))
    from guichet.accounts.models import Membership

    members.remove(by=other, member=Membership.objects.get(person=company.manager.person))
    assert ask("GET", "invoices").status_code == 401


def test_reading_does_not_allow_sending(ask, company):
    _token, secret = tokens.make(name="lecture", scopes=["read"], days=1, by=company.manager)
    answer = ask("POST", "invoices", {"form": "318.632"}, secret=secret)
    assert (answer.status_code, answer.json()["code"], Invoice.objects.count()) == (403, "key.scope", 0)
    assert ask("GET", "form-types", secret=secret).status_code == 200


def test_another_company_s_invoices_do_not_exist(ask, vs):
    other = factories.partner(vs, "Autre").collaborator
    invoice = factories.sent(by=other)
    for path in ("", "/check", "/pdf"):
        assert ask("GET", f"invoices/{invoice.pk}{path}").status_code == 404
    for path, body in (("answers", {"draft_no": 1, "answers": {}}), ("send", {"draft_no": 1})):
        answer = ask("POST", f"invoices/{invoice.pk}/{path}", body, **{"Idempotency-Key": "x" * 8})
        assert answer.status_code == 404
    assert ask("GET", "invoices").json() == {"items": [], "next": ""}
    assert ask("GET", "beneficiaries").json()["items"] == []


def test_people_are_added_and_found(ask, anna):
    facts = {
        "last_name": "Exemple", "first_name": "Zoë", "street": "Rue du Test", "house_no": "3b", "postcode": "1950",
        "town": "Sion", "birth_date": "5.11.1980", "sex": "f", "avs_number": factories.avs_number(),
    }  # fmt: skip
    assert ask("POST", "beneficiaries", facts).status_code == 201
    assert ask("POST", "beneficiaries", facts).status_code == 409
    assert ask("POST", "beneficiaries", facts | {"avs_number": "756"}).status_code == 422
    found = ask("GET", f"beneficiaries?number={facts['avs_number']}").json()["items"]
    assert [one["last_name"] for one in found] == ["Exemple"]
    assert Beneficiary.objects.count() == 1


@pytest.mark.parametrize(
    "body", [None, [], "x", {"form": 1}, {"form": "x" * 99}, {"form": "318.632", "answers": {"lines": "x"}},
             {"form": "318.632", "answers": {"lines": [1, {"price": {"a": 1}}], "remark": ["\0"]}}]
)  # fmt: skip
def test_hostile_bodies_are_answered(body, ask):
    assert ask("POST", "invoices", body).status_code in {201, 422, 400}


def test_too_many_wrong_keys_are_slowed_down(ask, key):
    statuses = [ask("GET", "invoices", secret=f"gk_{number}").status_code for number in range(31)]
    assert (statuses[0], statuses[-1]) == (401, 429)


def test_a_manager_makes_and_revokes_a_key_on_the_page(company, browser):
    client = browser(company.manager)
    assert client.post("/vs/interface/", {"name": ""}).status_code == 422
    page = client.post("/vs/interface/", {"name": "Logiciel", "scopes": "read", "days": "30"})
    secret = page.context["secret"]
    assert secret in page.content.decode()
    token = ApiToken.objects.get()
    assert secret not in client.get("/vs/interface/").content.decode()
    assert (token.scopes, client.post(f"/vs/interface/{token.pk}/revoquer/").status_code) == (["read"], 303)
    assert tokens.find(secret, insurer=company.manager.insurer) is None
    assert browser(company.collaborator).get("/vs/interface/").status_code == 403
