"""Codes by SMS: six digits, five minutes, one use, five tries; a new one after sixty seconds, three times (ACC-04).

What a code opens, and which brakes stand before it, is its owner's affair. What makes a code safe is here, once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db import connection
from django.db.models import F
from django.utils import timezone

from guichet.accounts.tokens import code_hash, new_code, new_reference

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from guichet.accounts.models.codes import OneTimeCode

CODE_LIFE: Final = timedelta(minutes=5)
ATTEMPT_LIFE: Final = timedelta(minutes=20)
RESEND_AFTER: Final = timedelta(seconds=60)
TRIES: Final = 5
RESENDS: Final = 3

_TRY: Final = """
UPDATE {table}
SET tries = tries + 1, used_at = CASE WHEN {column} = %(hash)s THEN %(now)s ELSE used_at END
WHERE id = %(id)s AND used_at IS NULL AND tries < %(tries)s AND expires_at > %(now)s
RETURNING used_at IS NOT NULL, tries
"""


class Tried(NamedTuple):
    """What came of a try: whether the code was right, and the tries of this code so far."""

    right: bool
    tries: int

    @property
    def left(self) -> int:
        """Tries that remain."""
        return TRIES - self.tries


def fresh(owner: UUID) -> tuple[str, dict[str, Any]]:
    """A new code for this attempt, and what its row keeps of it: never the code."""
    code, now = new_code(), timezone.now()
    kept = {
        "code_hash": code_hash(owner, code),
        "reference": new_reference(),
        "sent_at": now,
        "expires_at": now + CODE_LIFE,
    }
    return code, kept


def attempt(table: str, owner: UUID, typed: str, *, column: str = "code_hash") -> Tried | None:
    """One statement counts the try and uses the right code up; of what was typed only digits count.

    None if there was nothing to try: the code is used, expired, or was tried five times. `table` has the row of
    `owner`, and `column` the hash.
    """
    digits = "".join(sign for sign in typed if sign.isdigit())
    values: dict[str, Any] = {"hash": code_hash(owner, digits), "now": timezone.now(), "id": owner, "tries": TRIES}
    with connection.cursor() as cursor:
        cursor.execute(_TRY.format(table=table, column=column), values)
        row = cursor.fetchone()
    return Tried(*row) if row else None


def why_not(code: OneTimeCode) -> str:
    """Why there was nothing to try: replayed, expired or locked; the row is read again."""
    code.refresh_from_db(fields=["used_at", "expires_at", "sent_at"])
    if code.used_at:
        return "replayed"
    return "expired" if code.expires_at <= timezone.now() else "locked"


def renew(code: OneTimeCode, *, among: QuerySet[Any]) -> str | None:
    """A new code in the place of the old one, which is worth nothing any more; gives its digits.

    Conditional: of two tabs that ask at once one gets it. None within sixty seconds of the last, after three, or after
    the code was used.
    """
    digits, kept = fresh(code.pk)
    rows = among.filter(pk=code.pk, used_at=None, sent_at__lte=kept["sent_at"] - RESEND_AFTER, sends__lte=RESENDS)
    if not rows.update(**kept, tries=0, sends=F("sends") + 1):
        return None
    code.refresh_from_db(fields=["reference", "tries", "sends", "sent_at", "expires_at"])
    return digits
