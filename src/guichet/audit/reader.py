"""The auditors' own connection: role `guichet_audit_reader`, which reads the schema `audit` and nothing else."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg.rows import TupleRow


_NEXT_CHAIN: Final = "SELECT chain FROM audit.seal WHERE chain > %s ORDER BY chain LIMIT 1"


@contextmanager
def snapshot() -> Iterator[psycopg.Connection[TupleRow]]:
    """One moment of the audit: a read-only transaction in which nothing moves."""
    if not settings.AUDIT_DATABASE_URL:
        message = "Set AUDIT_DATABASE_URL to the address of the database for guichet_audit_reader."
        raise ImproperlyConfigured(message)
    with psycopg.connect(settings.AUDIT_DATABASE_URL, connect_timeout=10) as connection:
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        yield connection


def chains(database: psycopg.Connection[TupleRow]) -> list[int]:
    """The chains that have a seal: one per insurer, 0 for the platform. Jumps from one to the next."""
    found: list[int] = []
    after = -1
    while row := database.execute(_NEXT_CHAIN, [after]).fetchone():
        after = row[0]
        found.append(after)
    return found
