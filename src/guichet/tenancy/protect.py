"""Row-level security for a tenant table, as a migration operation."""

from __future__ import annotations

from django.db import migrations

_TENANT = "insurer_id = NULLIF(current_setting('guichet.insurer', true), '')::bigint"


def protect(table: str) -> migrations.RunSQL:
    """Rows of `table` (which has a column `insurer_id`) exist only for their tenant."""
    return migrations.RunSQL(
        sql=(
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;"
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"
            f"CREATE POLICY tenant ON {table} USING ({_TENANT}) WITH CHECK ({_TENANT});"
        ),
        reverse_sql=(
            f"DROP POLICY tenant ON {table};"
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;"
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
        ),
    )
