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


def erasable(table: str, *, emptied: str) -> migrations.RunSQL:
    """One more change an immutable row allows: the columns of `emptied` (JSON) get exactly these empty values.

    Nobody can put words into a row this way; what retention takes out can only disappear (INV-27).
    """
    erasing = f"to_jsonb(NEW.*) = to_jsonb(OLD.*) || '{emptied}'::jsonb"
    act = f"FOR EACH ROW EXECUTE FUNCTION {table}_immutable();"
    return migrations.RunSQL(
        sql=(
            f"DROP TRIGGER {table}_immutable ON {table};"
            f"CREATE TRIGGER {table}_immutable BEFORE DELETE ON {table} {act}"
            f"CREATE TRIGGER {table}_immutable_update BEFORE UPDATE ON {table}"
            f" FOR EACH ROW WHEN (NOT ({erasing})) EXECUTE FUNCTION {table}_immutable();"
        ),
        reverse_sql=(
            f"DROP TRIGGER {table}_immutable_update ON {table};"
            f"DROP TRIGGER {table}_immutable ON {table};"
            f"CREATE TRIGGER {table}_immutable BEFORE UPDATE OR DELETE ON {table} {act}"
        ),
    )


def append_only(table: str) -> migrations.RunSQL:
    """No row of `table` can be changed or deleted at all."""
    return migrations.RunSQL(
        sql=(
            f"CREATE FUNCTION {table}_immutable() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" RAISE EXCEPTION '{table} is immutable' USING ERRCODE = 'restrict_violation'; END $$;"
            f" CREATE TRIGGER {table}_immutable BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_immutable();"
        ),
        reverse_sql=f"DROP TRIGGER {table}_immutable ON {table}; DROP FUNCTION {table}_immutable();",
    )
