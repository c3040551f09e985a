"""Which tenant the database connection works for.

PostgreSQL's row-level security compares every row of a tenant table with the setting
`guichet.insurer`; without it the application's role sees no row at all (SEC-03).
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator

_current: ContextVar[int | None] = ContextVar("guichet_insurer", default=None)


def current_insurer_id() -> int | None:
    """The tenant of this request or job, if one was entered."""
    return _current.get()


@contextmanager
def tenant(insurer_id: int) -> Iterator[None]:
    """Work for one insurer; nested calls give the outer one back."""
    outer = _current.get()
    _apply(insurer_id)
    token = _current.set(insurer_id)
    try:
        yield
    finally:
        _current.reset(token)
        _restore(outer)


def _apply(insurer_id: int | None) -> None:
    with connection.cursor() as cursor:
        value = "" if insurer_id is None else str(insurer_id)
        cursor.execute("SELECT set_config('guichet.insurer', %s, false)", [value])


def _restore(insurer_id: int | None) -> None:
    """Give the outer tenant back; a connection in a failed transaction refuses and is reset at rollback."""
    if connection.connection is None or connection.connection.closed:
        return
    if connection.in_atomic_block and connection.needs_rollback:
        return
    _apply(insurer_id)
