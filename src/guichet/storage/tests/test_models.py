"""The table of stored objects is a tenant's."""

import pytest
from django.core.management import call_command
from django.db import connection

pytestmark = pytest.mark.django_db


@pytest.mark.proves("SEC-03")
def test_stored_object_is_protected_by_row_level_security():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = 'storage_storedobject'::regclass"
        )
        assert cursor.fetchone() == (True, True)


def test_stored_object_migration_says_what_the_model_says():
    call_command("makemigrations", "storage", check=True, dry_run=True, verbosity=0)
