"""Every table that belongs to an insurer is behind row-level security from its first row (SEC-03)."""

import pytest
from django.apps import apps
from django.db import connection
from psycopg import sql

from guichet.tenancy.models import Insurer

pytestmark = [pytest.mark.django_db, pytest.mark.proves("SEC-03")]


# A login belongs to a person, who is global: these only say in which space it happened.
ABOUT_PEOPLE = {"accounts_loginattempt", "accounts_loginsession", "accounts_securityevent", "accounts_ticket"}


def _tables_naming_an_insurer():
    return {
        model._meta.db_table
        for model in apps.get_models()
        if any(field.is_relation and field.related_model is Insurer for field in model._meta.concrete_fields)
    }


def _tenant_tables():
    """Tables whose model has a foreign key to the insurer."""
    return sorted(_tables_naming_an_insurer() - ABOUT_PEOPLE)


def _columns_named_insurer():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid"
            " WHERE attname = 'insurer_id' AND relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        )
        return sorted(name for (name,) in cursor.fetchall())


def test_tenant_tables_are_there():
    assert _tenant_tables() == _columns_named_insurer()
    assert len(_tenant_tables()) > 10


def test_every_tenant_table_is_protected_also_from_its_owner():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        protected = {name for (name,) in cursor.fetchall()}
    assert sorted(set(_tenant_tables()) - protected) == []


def test_every_policy_reads_and_writes_by_tenant():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_policies WHERE qual LIKE %s", ["%guichet.insurer%"])
        reading = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT tablename FROM pg_policies WHERE with_check LIKE %s", ["%guichet.insurer%"])
        writing = {name for (name,) in cursor.fetchall()}
    assert sorted(set(_tenant_tables()) - reading) == []
    assert sorted(set(_tenant_tables()) - writing) == []


def test_without_a_tenant_no_row_is_seen():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('guichet.insurer', true)")
        assert cursor.fetchone()[0] in {None, ""}
        for table in _tenant_tables():
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
            assert (table, cursor.fetchone()[0]) == (table, 0)


def test_application_cannot_switch_the_policies_off():
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolbypassrls, rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False, False)
