"""Models and migrations say the same, and the application's role owns nothing they made."""

import pytest
from django.core.management import call_command
from django.db import connection


@pytest.mark.django_db
def test_migrations_are_complete():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
@pytest.mark.proves("SEC-03")
def test_application_owns_nothing():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relowner = 'guichet_app'::regrole"
            " UNION SELECT proname FROM pg_proc WHERE proowner = 'guichet_app'::regrole"
            " UNION SELECT nspname FROM pg_namespace WHERE nspowner = 'guichet_app'::regrole"
        )
        assert cursor.fetchall() == []


@pytest.mark.django_db
@pytest.mark.proves("AUD-02")
@pytest.mark.parametrize("right", ["SELECT", "UPDATE", "DELETE", "TRUNCATE"])
def test_application_can_only_add_to_the_audit(right):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE nspname = 'audit' AND relkind IN ('r', 'p') AND has_table_privilege(pg_class.oid, %s)",
            [right],
        )
        assert cursor.fetchall() == []
