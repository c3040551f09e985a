import psycopg
import pytest
from django.db import connection, transaction

from guichet.audit import Who, record
from guichet.audit.canonical import COLUMNS
from guichet.config import database

pytestmark = [pytest.mark.django_db, pytest.mark.proves("AUD-02", "SEC-03")]

INSUFFICIENT_PRIVILEGE = "42501"


def refused(statement, role_connection=None):
    with pytest.raises(psycopg.Error) as failure:
        role_connection.execute(statement)
    return failure.value.sqlstate


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT count(*) FROM audit.entry",
        "SELECT id FROM audit.entry",
        "UPDATE audit.entry SET reason = ''",
        "DELETE FROM audit.entry",
        "TRUNCATE audit.entry",
        "DROP TABLE audit.entry",
        "ALTER TABLE audit.entry DISABLE TRIGGER ALL",
        "INSERT INTO audit.entry (id) OVERRIDING SYSTEM VALUE VALUES (1)",
        "INSERT INTO audit.entry (at) VALUES (now())",
        "SELECT hash FROM audit.seal",
        "INSERT INTO audit.seal (chain, seq, entry_id, prev_hash, hash) VALUES (1, 1, 1, '', '')",
        "UPDATE audit.seal SET hash = ''",
        "DELETE FROM audit.seal",
        "SELECT entries FROM audit.unsealed",
        "INSERT INTO audit.unsealed (chain, first, entries) VALUES (1, 1, '{1}')",
        "DELETE FROM audit.unsealed",
        "CREATE TABLE audit.other (id int)",
        "SELECT nextval('audit.entry_id_seq')",
        "SELECT setval('audit.entry_id_seq', 1)",
        "SET ROLE guichet_migrate",
        "SET session_replication_role = replica",
    ],
)
def test_the_application_may_only_add(test_database, statement):
    with psycopg.connect(test_database.url(database.APP), autocommit=True) as app:
        assert refused(statement, app) == INSUFFICIENT_PRIVILEGE


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO audit.entry (role) VALUES ('x')",
        "UPDATE audit.entry SET reason = ''",
        "DELETE FROM audit.seal",
        "TRUNCATE audit.unsealed",
        "SELECT audit.seal_pending(1)",
        "SELECT audit.pending_chains()",
        "SELECT id FROM accounts_person",
    ],
)
def test_the_auditors_role_may_only_read_the_audit(test_database, statement):
    with psycopg.connect(test_database.url(database.AUDIT_READER), autocommit=True) as reader:
        assert refused(statement, reader) == INSUFFICIENT_PRIVILEGE


def test_the_database_gives_number_and_time(test_database):
    with transaction.atomic():
        record("invoice.accepted", insurer_id=1, by=Who("p", "agent"), on="invoice")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(column_name, ',' ORDER BY column_name) FROM information_schema.columns"
            " WHERE table_schema = 'audit' AND table_name = 'entry'"
        )
        touchable = cursor.fetchone()[0].split(",")
    assert touchable == sorted(COLUMNS)  # neither id nor at


def test_functions_run_with_a_fixed_search_path(owner):
    found = owner.execute(
        "SELECT proname, prosecdef, proconfig FROM pg_proc WHERE pronamespace = 'audit'::regnamespace ORDER BY 1"
    ).fetchall()
    path = ["search_path=pg_catalog, pg_temp"]
    assert found == [("pending_chains", True, path), ("queue_entries", True, path), ("seal_pending", True, path)]
