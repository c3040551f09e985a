"""The table of stored objects is a tenant's."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


@pytest.mark.proves("SEC-03")
def test_stored_object_is_protected_by_row_level_security():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = 'storage_storedobject'::regclass"
        )
        assert cursor.fetchone() == (True, True)
