"""One world for the whole module, in one transaction that is rolled back; each request in a savepoint of its own."""

from __future__ import annotations

import pytest
from django.db import transaction


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    from tests.adversarial.world import build

    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def savepoint(world):
    """What the test does is undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
