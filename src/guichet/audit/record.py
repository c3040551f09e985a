"""The one way into the audit."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from django.db import DatabaseError, connection, transaction
from django.db.transaction import TransactionManagementError

from guichet.audit import clean
from guichet.audit.canonical import COLUMNS
from guichet.audit.context import current_facts
from guichet.audit.subject import reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from contextlib import AbstractContextManager

_INSERT: Final = f"INSERT INTO audit.entry ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"  # noqa: S608 - constants
_VALUES: Final = ", ".join(f"%(entry_{name})s" for name in COLUMNS)
_IF_DONE: Final = f"INSERT INTO audit.entry ({', '.join(COLUMNS)}) SELECT {_VALUES} WHERE EXISTS (SELECT FROM act)"  # noqa: S608 - constants
_NULL: Final = "\x01"
_COPY: Final = f"COPY audit.entry ({', '.join(COLUMNS)}) FROM STDIN (NULL '{_NULL}')"
_CHUNK: Final = 10_000  # entries of one statement, and of one row in the queue of the unsealed
_PART: Final = 200
_SAID: Final = "The audit could not be written; nothing was done."


class AuditUnavailable(Exception):
    """An entry could not be written. The act is rolled back and the answer is 503 with Retry-After."""


@dataclass(frozen=True)
class Who:
    """Who acts. `person_id` is empty for an anonymous visitor and for the platform's own jobs."""

    person_id: str = ""
    role: str = "anonymous"


@dataclass(kw_only=True, slots=True)  # not frozen: an import makes a million of them
class Entry:
    """One thing that happened, before the database gives it a number and a time."""

    action: str
    insurer_id: int | None
    by: Who
    on: str
    object_id: str = ""
    subject: str = ""
    recipient: str = ""
    outcome: str = "ok"
    reason: str = ""
    legal_basis: str = ""
    detail: Mapping[str, object] | None = field(default=None)

    def row(self) -> tuple[int | None, *tuple[str, ...]]:
        """The values of `COLUMNS`, cleaned; the subject only as its HMAC."""
        facts = current_facts()
        by = self.by
        person, role, action, on, object_id = clean.texts(by.person_id, by.role, self.action, self.on, self.object_id)
        return (
            self.insurer_id,
            person,
            role,
            action,
            on,
            object_id,
            reference(self.subject, insurer_id=self.insurer_id),
            clean.free_text(self.recipient),
            clean.text(self.outcome),
            clean.free_text(self.reason),
            clean.free_text(self.legal_basis),
            facts.ip,
            facts.user_agent_hash,
            facts.request_id,
            clean.detail(self.detail),
        )


def record(
    action: str,
    *,
    insurer_id: int | None,
    by: Who,
    on: str,
    object_id: str = "",
    subject: str = "",
    recipient: str = "",
    outcome: str = "ok",
    reason: str = "",
    legal_basis: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    """Write one entry in the transaction of the act itself: no audit, no act (AUD-02).

    `subject` is an AVS number or other identifier of the person concerned; only its HMAC is stored. `detail`
    takes JSON scalars. Raises `TransactionManagementError` outside a transaction and `AuditUnavailable` when the
    entry cannot be written; the transaction can then only be rolled back.
    """
    _demand_transaction()
    row = Entry(
        action=action,
        insurer_id=insurer_id,
        by=by,
        on=on,
        object_id=object_id,
        subject=subject,
        recipient=recipient,
        outcome=outcome,
        reason=reason,
        legal_basis=legal_basis,
        detail=detail,
    ).row()
    try:
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, row)
    except DatabaseError as error:
        raise _unavailable() from error


def record_with(act: str, values: Mapping[str, Any], entry: Entry | None) -> bool:
    """Do an act of one statement and write its entry in that very statement; says whether the act touched a row.

    For what happens so often that every way to the database counts. `act` is an UPDATE, INSERT or DELETE with
    RETURNING, its `values` by name; the entry is one, and only written if a row was touched. A statement is a
    transaction: both are there when this returns, or neither; inside a larger one they go with it. Without an entry
    the act is all. Raises `AuditUnavailable` when it cannot be done.
    """
    statement = f"WITH act AS ({act}) {_IF_DONE}" if entry else act
    noted = {f"entry_{name}": value for name, value in zip(COLUMNS, entry.row(), strict=True)} if entry else {}
    try:
        with _kept_apart(), connection.cursor() as cursor:
            cursor.execute(statement, {**values, **noted})
            return bool(cursor.rowcount)
    except DatabaseError as error:
        raise AuditUnavailable(_SAID) from error


def record_all(entries: Iterable[Entry]) -> int:
    """Write many entries in the transaction of their act, by COPY; the number written.

    For imports and seeds. Raises as `record` does.
    """
    _demand_transaction()
    written = 0
    lines = (_line(entry.row()) for entry in entries)
    try:
        while first := next(lines, ""):
            with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(_COPY) as copy:
                copy.write(first)
                written += 1
                chunk = islice(lines, _CHUNK - 1)
                while part := list(islice(chunk, _PART)):
                    copy.write("".join(part))  # in parts: the server works while the next one is made
                    written += len(part)
    except DatabaseError as error:
        raise _unavailable() from error
    return written


def _line(row: tuple[int | None, *tuple[str, ...]]) -> str:
    """A row as COPY reads it. Cleaned texts hold no control character, so only the backslash means something."""
    insurer, *values = row
    first = _NULL if insurer is None else str(insurer)
    return f"{first}\t" + "\t".join(values).replace("\\", "\\\\") + "\n"


def _kept_apart() -> AbstractContextManager[None]:
    """Within a larger transaction a statement that fails is taken back alone; by itself it needs nothing around it."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()


def _demand_transaction() -> None:
    if not connection.in_atomic_block:
        message = "An audit entry belongs to the transaction of its act: use transaction.atomic()."
        raise TransactionManagementError(message)


def _unavailable() -> AuditUnavailable:
    """The error to raise; whoever swallows it still cannot commit."""
    connection.set_rollback(True)
    return AuditUnavailable(_SAID)
