"""What auditors ask: who saw or did what about whom, when, and why (AUD-01, AUD-03).

Reading is an act of its own: `read` writes `audit.read` before it reads, and what it reads it reads as
`guichet_audit_reader`, one insurer at a time. Nothing else in Guichet reads the audit.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from psycopg.rows import class_row

from guichet.audit import clean
from guichet.audit.reader import snapshot
from guichet.audit.record import record
from guichet.audit.subject import references

if TYPE_CHECKING:
    from guichet.audit.record import Who

PAGE_SIZE: Final = 50
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the auditor looks for. Empty fields do not filter; `until` is exclusive."""

    subject: str = ""  # AVS number or other identifier of the person concerned, in any spelling
    actor_id: str = ""
    object_type: str = ""
    object_id: str = ""
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Line:
    """One entry as an auditor sees it."""

    id: int
    at: datetime
    actor_id: str
    role: str
    action: str
    object_type: str
    object_id: str
    subject_ref: str
    recipient: str
    outcome: str
    reason: str
    legal_basis: str
    ip: str
    request_id: str
    detail: dict[str, str | int | float | bool | None]

    @property
    def cursor(self) -> str:
        """The place after which the next page begins."""
        return f"{(self.at - _EPOCH) // timedelta(microseconds=1)}-{self.id}"


@dataclass(frozen=True)
class Page:
    """At most fifty entries, newest first; `next` is the cursor of the page after, empty at the end."""

    lines: list[Line]
    next: str = ""


_COLUMNS: Final = (
    "id, at, actor_id, role, action, object_type, object_id, subject_ref, recipient, outcome, reason, legal_basis,"
    " ip, request_id, detail"
)


def read(*, insurer_id: int, by: Who, wanted: Wanted, after: str = "") -> Page:
    """One page of an insurer's entries, newest first; the reading itself is recorded first.

    `after` is the cursor of the page before. Raises `ValueError` for a cursor this module did not give.
    """
    cursor = _cursor(after) if after else None
    with transaction.atomic():
        asked = {key: str(value) for key, value in asdict(wanted).items() if value and key != "subject"}
        record("audit.read", insurer_id=insurer_id, by=by, on="audit", subject=wanted.subject, detail=asked)
    conditions, values = _conditions(insurer_id, wanted)
    if cursor:
        conditions.append("(at, id) < (%(after_at)s, %(after_id)s)")
        values |= {"after_at": cursor[0], "after_id": cursor[1]}
    found = f"SELECT {_COLUMNS} FROM audit.entry WHERE {' AND '.join(conditions)}"  # noqa: S608 - names are constants
    with snapshot() as database, database.cursor(row_factory=class_row(Line)) as rows:
        # Materialised when it is about one thing: its entries are few and indexed, and walking time is not.
        if wanted.subject or wanted.object_id:
            found = f"WITH found AS MATERIALIZED ({found}) SELECT {_COLUMNS} FROM found"  # noqa: S608 - constants
        lines = rows.execute(f"{found} ORDER BY at DESC, id DESC LIMIT {PAGE_SIZE + 1}", values).fetchall()
    more = len(lines) > PAGE_SIZE
    return Page(lines[:PAGE_SIZE], lines[PAGE_SIZE - 1].cursor if more else "")


def _conditions(insurer_id: int, wanted: Wanted) -> tuple[list[str], dict[str, Any]]:
    conditions = ["insurer_id = %(insurer_id)s"]
    values: dict[str, Any] = {"insurer_id": insurer_id}
    for column in ("actor_id", "object_type", "object_id", "action"):
        if value := getattr(wanted, column):
            conditions.append(f"{column} = %({column})s")
            values[column] = clean.text(value)
        if value and column in {"actor_id", "object_id"}:
            conditions.append(f"hashtext({column}) = hashtext(%({column})s)")  # what the indexes hold
    if wanted.subject:
        hashes = "hashtext(subject_ref) = ANY (SELECT hashtext(one) FROM unnest(%(subjects)s) AS one)"
        conditions += ["subject_ref = ANY(%(subjects)s)", hashes]
        values["subjects"] = references(wanted.subject, insurer_id=insurer_id)
    if wanted.since:
        conditions.append("at >= %(since)s")
        values["since"] = wanted.since
    if wanted.until:
        conditions.append("at < %(until)s")
        values["until"] = wanted.until
    return conditions, values


def _cursor(text: str) -> tuple[datetime, int]:
    """The time and the number of the entry after which the page begins."""
    found = re.fullmatch(r"([0-9]{1,16})-([0-9]{1,18})", text)
    if not found:
        raise ValueError("This is no cursor of an audit page.")
    return _EPOCH + timedelta(microseconds=int(found[1])), int(found[2])
