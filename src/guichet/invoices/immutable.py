"""Rows that never change: the database itself refuses, whoever asks."""

from __future__ import annotations

from django.db import migrations


def immutable(table: str, *, filled_in_later: str = "") -> migrations.RunSQL:
    """No row of `table` can be deleted or changed, but for one column that goes from NULL to a value, once."""
    exception = (
        f" IF TG_OP = 'UPDATE' AND OLD.{filled_in_later} IS NULL"
        f" AND to_jsonb(OLD) - '{filled_in_later}' = to_jsonb(NEW) - '{filled_in_later}' THEN RETURN NEW; END IF;"
    )
    return migrations.RunSQL(
        sql=(
            f"CREATE FUNCTION {table}_immutable() RETURNS trigger LANGUAGE plpgsql AS $$"
            " BEGIN"
            f"{exception if filled_in_later else ''}"
            f" RAISE EXCEPTION '{table} is immutable' USING ERRCODE = 'restrict_violation';"
            " END $$;"
            f" CREATE TRIGGER {table}_immutable BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_immutable();"
        ),
        reverse_sql=f"DROP TRIGGER {table}_immutable ON {table}; DROP FUNCTION {table}_immutable();",
    )
