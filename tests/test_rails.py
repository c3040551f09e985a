"""The guard rails hold: each is tried once with what it must refuse."""

import pytest
from django.db import connection

from guichet.tenancy.models import Insurer


def _insurer(**fields):
    return Insurer.objects.create(slug="x", kind="ai_office", name_fr="X", number_prefix="X", **fields)


@pytest.mark.django_db
def test_database_is_used_as_the_application():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, pg_has_role('guichet_migrate', 'member')")
        assert cursor.fetchone() == ("guichet_app", False)


@pytest.mark.django_db
@pytest.mark.parametrize("turn", [1, 2])
def test_database_is_empty_for_each_test(turn):
    _insurer()
    assert Insurer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_database_is_cloned_anew_after_a_transactional_test(turn):
    _insurer()
    assert Insurer.objects.count() == 1
