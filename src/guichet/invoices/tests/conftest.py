"""An office, a company, and the tenant entered."""

from __future__ import annotations

import pytest

from guichet.invoices.tests import factories
from guichet.tenancy.context import tenant


@pytest.fixture
def vs(db):
    with_tenant = factories.insurer()
    with tenant(with_tenant.pk):
        yield with_tenant


@pytest.fixture
def desk(vs):
    return factories.office(vs)


@pytest.fixture
def company(vs):
    return factories.partner(vs)


@pytest.fixture
def anna(company):
    """Who types: a collaborator of the company."""
    return company.collaborator
