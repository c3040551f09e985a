"""Queries that every request asks again, with other values: Django makes their SQL once, PostgreSQL plans it once.

Making the statement of a join over five tables costs more than asking it (the login of a request: 3.2 ms of processor
time before, 0.6 ms since), and so does planning it (1.1 ms before, 0.1 ms since); nothing else changes: the same
rows, the same objects. What the database prepared belongs to one connection of one thread; a pooler in front of it must
hand out whole sessions, as the tenant of a connection (`context`) demands anyhow.
"""

from __future__ import annotations

import itertools
import secrets
import threading
import uuid
import weakref
from collections.abc import Hashable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from django.db import DatabaseError, connection
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.models import QuerySet

M = TypeVar("M")  # a model, or a tuple for a query with `values_list`

_numbers: Final = itertools.count(1)
_TYPES: Final = {int: "bigint", uuid.UUID: "uuid", datetime: "timestamptz", str: "unknown"}  # unknown: by its place
_FORGOTTEN: Final = frozenset({"0A000", "26000"})  # its result has another shape now; there is none of this name


class Prepared(Generic[M]):
    """`Prepared(build)(key=…)` gives the list of `build(key=…)`.

    `build` gets its values by keyword (text, int, UUID or datetime) and must put each into the query as it is: the
    first call of a thread builds the query with stand-ins and remembers where they went. Raises `ValueError` if one
    went nowhere.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, M]]) -> None:
        self._build = build
        self._here = threading.local()

    def __call__(self, **values: Any) -> list[M]:
        statement: _Statement | None = getattr(self._here, "statement", None)
        if statement is None:
            statement = self._here.statement = _Statement(self._build, values)
        return statement.rows(values)


class _Statement:
    """The query of one thread: its compiler is kept, only the values are new."""

    def __init__(self, build: Callable[..., QuerySet[Any]], examples: dict[str, Any]) -> None:
        stand_ins = {name: _stand_in(value) for name, value in examples.items()}
        self._queryset = build(**stand_ins)
        compiler = self._queryset.query.get_compiler(using=self._queryset.db)
        text, parameters = compiler.as_sql()
        places = {_mark(value): name for name, value in stand_ins.items()}
        named = [places.get(_mark(value)) for value in parameters]
        if missing := set(stand_ins) - set(named):
            raise ValueError(f"not in the query as they are: {', '.join(sorted(missing))}")
        self._names = list(stand_ins)
        self._definition = self._numbered(text, zip(named, parameters, strict=True), stand_ins)
        compiler.as_sql = self._as_sql
        self._queryset.query.get_compiler = lambda *_using, **_options: compiler  # type: ignore[method-assign]
        self._values: tuple[Any, ...] = ()
        self._execute = ""
        self._connected: weakref.ref[Any] | None = None

    def rows(self, values: dict[str, Any]) -> list[Any]:
        self._values = tuple(values[name] for name in self._names)
        self._prepare()
        try:
            return self._rows()
        except DatabaseError as error:
            if connection.in_atomic_block or getattr(error.__cause__, "sqlstate", "") not in _FORGOTTEN:
                raise
        self._connected = None  # the tables were changed while the connection was open
        self._prepare()
        return self._rows()

    def _rows(self) -> list[Any]:
        """Objects of the model, or tuples for `values_list`."""
        found: Any = self._queryset._iterable_class(self._queryset)  # noqa: SLF001 - what the queryset itself does
        return list(found)

    def _prepare(self) -> None:
        """Once for each connection of this thread; beside Django's cursors: no page counts what serves them all."""
        connection.close_if_health_check_failed()
        connection.ensure_connection()
        if self._connected is not None and self._connected() is connection.connection:
            return
        name = f"{self._queryset.query.get_initial_alias()}_{next(_numbers)}"
        types, query = self._definition
        with connection.wrap_database_errors:
            connection.connection.execute(f"PREPARE {name} ({types}) AS {query}")
        self._execute = f"EXECUTE {name} ({', '.join(['%s'] * len(self._names))})"
        self._connected = weakref.ref(connection.connection)

    def _numbered(
        self, text: str, parameters: Iterable[tuple[str | None, Any]], examples: dict[str, Any]
    ) -> tuple[str, str]:
        """The types of the values, and the query with $1 for the first of them; what never changes stands in it."""
        written = [
            f"${self._names.index(name) + 1}" if name else sql.Literal(value).as_string(None)
            for name, value in parameters
        ]
        return ", ".join(_TYPES[type(value)] for value in examples.values()), text % tuple(written)

    def _as_sql(self, *_options: object, **_more: object) -> tuple[str, tuple[Any, ...]]:
        return self._execute, self._values


def _mark(value: Any) -> tuple[type, Hashable]:
    """What tells a stand-in among the parameters; the driver has integers of its own."""
    if isinstance(value, int) and not isinstance(value, bool):
        return int, int(value)
    return type(value), value if isinstance(value, Hashable) else None


def _stand_in(example: Any) -> Any:
    """A value of the same type that is nowhere else in the query."""
    if isinstance(example, uuid.UUID):
        return uuid.uuid4()
    if isinstance(example, datetime):
        return datetime.now(UTC) - timedelta(days=1, microseconds=secrets.randbelow(10**9))
    if isinstance(example, int):
        return 2**30 + secrets.randbelow(2**29)
    return secrets.token_hex(16)
