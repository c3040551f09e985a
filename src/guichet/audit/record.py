"""The one way into the audit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from django.db import DatabaseError, connection
from django.db.transaction import TransactionManagementError

from guichet.audit import clean
from guichet.audit.canonical import COLUMNS
from guichet.audit.context import current_facts
from guichet.audit.subject import reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_INSERT: Final = f"INSERT INTO audit.entry ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"  # noqa: S608 - constants
_COPY: Final = f"COPY audit.entry ({', '.join(COLUMNS)}) FROM STDIN"
_CHUNK: Final = 10_000


class AuditUnavailable(Exception):
    """An entry could not be written. The act is rolled back and the answer is 503 with Retry-After."""


@dataclass(frozen=True)
class Who:
    """Who acts. `person_id` is empty for an anonymous visitor and for the platform's own jobs."""

    person_id: str = ""
    role: str = "anonymous"


@dataclass(frozen=True, kw_only=True)
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

    def row(self) -> tuple[int | str | None, ...]:
        """The values of `COLUMNS`, cleaned; the subject only as its HMAC."""
        facts = current_facts()
        return (
            self.insurer_id,
            clean.text(self.by.person_id),
            clean.text(self.by.role),
            clean.text(self.action),
            clean.text(self.on),
            clean.text(self.object_id),
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


def record_all(entries: Iterable[Entry]) -> int:
    """Write many entries in the transaction of their act, by COPY; the number written.

    For imports and seeds. Raises as `record` does.
    """
    _demand_transaction()
    written = 0
    chunk: list[tuple[int | str | None, ...]] = []
    for entry in entries:
        chunk.append(entry.row())
        if len(chunk) == _CHUNK:
            written += _copy(chunk)
            chunk = []
    return written + (_copy(chunk) if chunk else 0)


def _copy(rows: list[tuple[int | str | None, ...]]) -> int:
    try:
        with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            for row in rows:
                copy.write_row(row)
    except DatabaseError as error:
        raise _unavailable() from error
    return len(rows)


def _demand_transaction() -> None:
    if not connection.in_atomic_block:
        message = "An audit entry belongs to the transaction of its act: use transaction.atomic()."
        raise TransactionManagementError(message)


def _unavailable() -> AuditUnavailable:
    """The error to raise; whoever swallows it still cannot commit."""
    connection.set_rollback(True)
    return AuditUnavailable("The audit could not be written; nothing was done.")
