"""An office, an expert, a centre, and the tenant entered. What needs models is imported once Django is ready."""

from __future__ import annotations

import pytest


@pytest.fixture
def vs(db):
    """The office AI of these tests, its tenant entered."""
    from guichet.recordings.tests import factories
    from guichet.tenancy.context import tenant

    insurer = factories.insurer()
    with tenant(insurer.pk):
        yield insurer


@pytest.fixture
def desk(vs):
    """The people of the office."""
    from guichet.recordings.tests import factories

    return factories.office(vs)


@pytest.fixture
def doctor(vs):
    """A medical expert."""
    from guichet.recordings.tests import factories

    return factories.expert(vs)


@pytest.fixture
def clinic(vs):
    """An expertise centre, by its manager."""
    from guichet.recordings.tests import factories

    return factories.centre(vs)
