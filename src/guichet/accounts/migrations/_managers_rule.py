"""The database's own rule that an accepted affiliation is never without a manager (ORG-04), as SQL for a migration.

Deferred to the commit, it locks the affiliation's row and counts: of two managers who remove each other at the
same moment the second finds nobody left and is refused with the constraint name `KEEPS_A_MANAGER`. It runs with the
owner's eyes, because at the commit the tenant of the act may have been left already.
"""

from __future__ import annotations

from typing import Final

from django.db import migrations

from guichet.accounts.constraints import KEEPS_A_MANAGER

_FUNCTION = f"""
CREATE FUNCTION accounts_keep_a_manager() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    concerned uuid;
    status_now text;
BEGIN
    IF TG_TABLE_NAME = 'accounts_affiliation' THEN
        concerned := NEW.id;
    ELSIF TG_OP = 'DELETE' THEN
        concerned := OLD.affiliation_id;
    ELSE
        concerned := NEW.affiliation_id;
    END IF;
    SELECT status INTO status_now FROM accounts_affiliation WHERE id = concerned FOR UPDATE;
    IF status_now = 'accepted' AND NOT EXISTS (
        SELECT 1 FROM accounts_membership
        WHERE affiliation_id = concerned AND role = 'manager' AND removed_at IS NULL
    ) THEN
        RAISE EXCEPTION 'affiliation % would be without a manager', concerned
            USING ERRCODE = 'check_violation', CONSTRAINT = '{KEEPS_A_MANAGER}';
    END IF;
    RETURN NULL;
END $$;
"""

_TRIGGERS = """
CREATE CONSTRAINT TRIGGER membership_keeps_a_manager
    AFTER UPDATE OR DELETE ON accounts_membership
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION accounts_keep_a_manager();
CREATE CONSTRAINT TRIGGER affiliation_keeps_a_manager
    AFTER UPDATE OF status ON accounts_affiliation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION accounts_keep_a_manager();
"""


def keep_a_manager() -> migrations.RunSQL:
    """The function and its two deferred constraint triggers."""
    return migrations.RunSQL(
        sql=_FUNCTION + _TRIGGERS,
        reverse_sql="""
            DROP TRIGGER affiliation_keeps_a_manager ON accounts_affiliation;
            DROP TRIGGER membership_keeps_a_manager ON accounts_membership;
            DROP FUNCTION accounts_keep_a_manager();
        """,
    )
