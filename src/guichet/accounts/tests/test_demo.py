"""The demo's people are made by the real actions and are those of demo.md."""

from collections import Counter

import pytest

from guichet.accounts.demo import seed_accounts
from guichet.accounts.demo_people import demo_iban
from guichet.accounts.models import Affiliation
from guichet.kernel.bank import is_qr_iban, parse_iban
from guichet.tenancy.context import tenant
from guichet.tenancy.demo import seed_insurers

PROMISED = {
    "vs": {
        "manager",
        "collaborator",
        "insured",
        "agent",
        "administrator",
        "auditor",
        "expert",
        "centre",
        "listener_agent",
        "commission",
    },
    "be": {"manager", "collaborator", "insured", "agent", "administrator", "auditor", "listener_agent"},
    "caisse": {"employer_admin", "employer_user", "fund_agent", "administrator"},
    "assurance": {"client", "adviser", "administrator"},
}


@pytest.mark.proves("ORG-06")
@pytest.mark.django_db
def test_demo_seeds_every_promised_account_once_and_registrations_to_decide():
    insurers = seed_insurers()
    accounts = seed_accounts(insurers)
    found = {slug: {account["role"] for account in accounts if account["insurer"] == slug} for slug in PROMISED}
    assert found == PROMISED
    assert len({account["email"] for account in accounts}) == len(accounts)
    assert len({account["mobile"] for account in accounts}) == len(accounts)
    assert min(len(account["password"]) for account in accounts) >= 12
    with tenant(insurers[0].pk):
        statuses = Counter(Affiliation.objects.values_list("status", flat=True))
    assert (statuses["requested"], statuses["refused"]) == (3, 1)
    assert seed_accounts(seed_insurers()) == []


def test_demo_accounts_have_valid_numbers():
    assert parse_iban(demo_iban("00765", 101234567)) == demo_iban("00765", 101234567)
    assert is_qr_iban(demo_iban("30808", 1234567))
