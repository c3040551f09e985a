"""The last click of a sending against the least it could do: the same rows in one transaction, the same bytes on disk.

Subject: the POST of the confirmation by HTTP on a kept connection, its document already uploaded. Yardstick: the
rows that POST writes (version, history, audit, mail, jobs, number), inserted with one statement each into tables of the
same columns and indexes by one committed transaction, plus the document's bytes written and synced to a file.
"""

from __future__ import annotations

import os
import secrets
import statistics
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from bench import flow, platform
from bench.figures import Figure, paired, tell
from bench.visitor import Visitor
from guichet.config import database
from guichet.config.local.processes import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from guichet.config.local.demo import Stack

ROUNDS: Final = 10
SENDS: Final = 4  # in a round
_TABLES: Final = {  # what a sending writes, and how to find the rows of an example
    "public.invoices_invoiceversion": "id = %(version)s",
    "public.invoices_invoiceevent": "case_id = %(case)s AND act = 'sent'",
    "audit.entry": "object_id = %(case)s::text AND action = 'invoice.sent'",
    "public.notify_outboxitem": "key = 'invoice-sent-' || %(version)s",
    "public.casework_numberseries": "insurer_id = %(insurer)s",
}
_FRESH: Final[dict[str, Callable[[], Any]]] = {  # unique in their tables
    "idempotency_key": uuid.uuid4,
    "receipt_code": lambda: secrets.token_hex(9),
    "key": lambda: secrets.token_hex(9),
    "no": lambda: secrets.randbelow(2**31),
    "year": lambda: secrets.randbelow(2**15),
    "queueing_lock": lambda: secrets.token_hex(9),
}
_JOBS: Final = 2  # print the receipt, deliver the mail


def main() -> None:
    """Measure and print the figures as one line of JSON."""
    with platform.running() as stack:
        sender, bare = _Sender(stack), _Bare(stack)
        sender.times(2)
        bare.times(2)
        both, ours, theirs = paired(ROUNDS, lambda: sender.times(SENDS), lambda: bare.times(SENDS))
        rows, again, alone = paired(ROUNDS, lambda: sender.times(SENDS), lambda: bare.times(SENDS, with_file=False))
        note = "{:.1f} / {:.1f} ms, medians of " + f"{SENDS} × {ROUNDS}"
        tell(
            [
                Figure("send ÷ the same rows and bytes", round(both, 1), "≤ 8", note.format(ours, theirs)),
                Figure("send ÷ the same rows alone", round(rows, 1), "", note.format(again, alone)),
                Figure("send: queries", sender.queries, "≤ 20"),
                Figure("send: rows written", bare.rows),
            ]
        )
        bare.close()


class _Sender:
    """The subject."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.visitor = Visitor(stack.port, "vs")
        self.visitor.log_in(platform.accounts(stack.var, "vs", "manager")[0], stack.var / "outbox")
        self.offered = flow.choices(self.visitor)
        self.pdf = flow.document(200)
        self.queries = 0

    def times(self, count: int) -> float:
        """Median milliseconds of so many last clicks, prepared beforehand, while no job runs."""
        prepared = [
            flow.prepare(self.visitor, self.pdf, self.offered.people[0], self.offered.account) for _ in range(count)
        ]
        clicks = [(steps[0][1].location.removesuffix("saisie/"), flow.last_click(steps[-1][1])) for steps in prepared]
        _settle(self.stack)
        walls = []
        for case, form in clicks:
            answer = flow.expect(self.visitor.post(f"{case}confirmer/", form), 303)
            walls.append(answer.wall_ms)
            self.queries = answer.queries
        return statistics.median(walls)


@dataclass
class _Row:
    statement: sql.Composed
    values: dict[str, Any]


class _Bare:
    """The yardstick."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.folder: Path = stack.var / "bare"
        self.folder.mkdir()
        self.pdf = flow.document(200)
        with platform.owner(stack) as owner:
            self._rows = [row for table, which in _TABLES.items() for row in _example(owner, table, which)]
            self._rows += _jobs(owner)
            owner.execute(
                "GRANT USAGE ON SCHEMA bench TO guichet_app; GRANT ALL ON ALL TABLES IN SCHEMA bench TO guichet_app"
            )
            owner.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA bench TO guichet_app")
        self._connection = psycopg.connect(stack.cluster.url(database.APP, "guichet"), autocommit=True)

    @property
    def rows(self) -> int:
        """How many a sending writes."""
        return len(self._rows)

    def times(self, count: int, *, with_file: bool = True) -> float:
        """Median milliseconds of so many transactions."""
        _settle(self.stack)
        walls = []
        for number in range(count):
            fresh = [row.values | {n: make() for n, make in _FRESH.items() if n in row.values} for row in self._rows]
            for values in fresh:
                if "id" in values:
                    values["id"] = uuid.uuid4()
            began = time.perf_counter()
            with self._connection.transaction(), self._connection.cursor() as cursor:
                for row, values in zip(self._rows, fresh, strict=True):
                    cursor.execute(row.statement, list(values.values()))
            if with_file:
                self._write(number)
            walls.append((time.perf_counter() - began) * 1000)
        return statistics.median(walls)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _write(self, number: int) -> None:
        with (self.folder / f"{number}-{secrets.token_hex(4)}").open("wb") as file:
            file.write(self.pdf)
            file.flush()
            os.fsync(file.fileno())


def _example(owner: psycopg.Connection[Any], table: str, which: str) -> list[_Row]:
    """The rows that the newest sending wrote into this table, as statements for a copy of the table."""
    version, case, insurer = owner.execute(
        "SELECT id, case_id, insurer_id FROM invoices_invoiceversion ORDER BY sent_at DESC LIMIT 1"
    ).fetchall()[0]
    with owner.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        cursor.execute(
            sql.SQL("SELECT * FROM {} WHERE {} LIMIT 1").format(_name(table), sql.SQL(which)),
            {"version": version, "case": case, "insurer": insurer},
        )
        found = cursor.fetchall()
    assert found, table
    return [_row(owner, table, found[0])]


def _jobs(owner: psycopg.Connection[Any]) -> list[_Row]:
    values = {
        "queue_name": "documents",
        "task_name": "invoices.print_version",
        "priority": 0,
        "queueing_lock": "",
        "args": {"insurer_id": 1, "version_id": str(uuid.uuid4())},
        "status": "todo",
        "attempts": 0,
    }
    return [_row(owner, "public.procrastinate_jobs", values) for _ in range(_JOBS)]


def _row(owner: psycopg.Connection[Any], table: str, found: dict[str, Any]) -> _Row:
    own = sql.Identifier("bench", table.split(".")[1])
    owner.execute("CREATE SCHEMA IF NOT EXISTS bench")
    owner.execute(
        sql.SQL(
            "CREATE TABLE IF NOT EXISTS {} (LIKE {} INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING INDEXES)"
        ).format(own, _name(table))
    )
    found = {name: value for name, value in found.items() if not (name in {"id", "at"} and isinstance(value, int))}
    values = {name: Jsonb(value) if isinstance(value, (dict, list)) else value for name, value in found.items()}
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        own, sql.SQL(", ").join(map(sql.Identifier, values)), sql.SQL(", ").join([sql.Placeholder()] * len(values))
    )
    return _Row(statement, values)


def _name(table: str) -> sql.Identifier:
    return sql.Identifier(*table.split("."))


def _settle(stack: Stack) -> None:
    """Until no job runs that would slow down one side only."""
    waiting = "SELECT count(*) FROM public.procrastinate_jobs WHERE status IN ('todo', 'doing')"

    def is_quiet() -> bool:
        with platform.owner(stack) as owner:
            return owner.execute(waiting).fetchone() == (0,)

    assert wait_until(is_quiet, seconds=120, step=0.1)


if __name__ == "__main__":
    main()
