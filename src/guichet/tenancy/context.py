"""Which tenant the database connection works for.

PostgreSQL's row-level security compares every row of a tenant table with the setting
`guichet.insurer`; without it the application's role sees no row at all (SEC-03).
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Func, TextField, Value
from django.db.models.functions import Cast

if TYPE_CHECKING:
    from collections.abc import Iterator

_current: ContextVar[int | None] = ContextVar("guichet_insurer", default=None)


def current_insurer_id() -> int | None:
    """The tenant of this request or job, if one was entered."""
    return _current.get()


@contextmanager
def tenant(insurer_id: int, *, entered: bool = False) -> Iterator[None]:
    """Work for one insurer; nested calls give the outer one back. `entered`: a query with `entering()` did it."""
    outer = _current.get()
    if not entered:
        _apply(insurer_id)
    token = _current.set(insurer_id)
    try:
        yield
    finally:
        _current.reset(token)
        _restore(outer)


def entering() -> Func:
    """For a query of one insurer: the statement that finds it also enters it, so a request asks once."""
    return Func(
        Value("guichet.insurer"),
        Cast("pk", TextField()),
        Value(value=False),
        function="set_config",
        output_field=TextField(),
    )


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
