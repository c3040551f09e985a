"""An office, a company, and the tenant entered. What needs models is imported once Django is ready."""

from __future__ import annotations

import pytest


@pytest.fixture
def vs(db):
    """The office AI of these tests, its tenant entered."""
    from guichet.invoices.tests import factories
    from guichet.tenancy.context import tenant

    insurer = factories.insurer()
    with tenant(insurer.pk):
        yield insurer


@pytest.fixture
def desk(vs):
    """The people of the office."""
    from guichet.invoices.tests import factories

    return factories.office(vs)


@pytest.fixture
def company(vs):
    """An institution with its people and an account."""
    from guichet.invoices.tests import factories

    return factories.partner(vs)


@pytest.fixture
def anna(company):
    """Who types: a collaborator of the company."""
    return company.collaborator


@pytest.fixture
def mailbox(company, mailbox):
    """Without what setting up the company caused."""
    return mailbox
