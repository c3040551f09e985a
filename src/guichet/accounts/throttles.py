"""Brakes: how often something may be tried (ACC-07). One conditional statement counts, nothing is read first.

A turn is taken before the work is done, so fifty at the same instant are counted like fifty in a row; who turns
out to be right gives the turn back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.utils import timezone

from guichet.accounts.models import Throttle
from guichet.accounts.tokens import keyed

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class Brake:
    """`limit` turns in `window`; then none for `pause` after the last one, or (`UNTIL_OVER`) until the window is."""

    scope: str
    limit: int
    window: timedelta
    pause: timedelta


@dataclass(frozen=True)
class Turn:
    """What came of asking: `until` is set if it was refused; `last` says that this one closed the brake."""

    until: datetime | None = None
    last: bool = False


UNTIL_OVER: Final = timedelta()
"""As a pause: ten a day are ten a day, and the eleventh waits for the end of that day."""
_QUARTER: Final = timedelta(minutes=15)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)

PASSWORD_ACCOUNT: Final = Brake("password.account", 10, _QUARTER, _QUARTER)
PASSWORD_ADDRESS: Final = Brake("password.address", 30, _QUARTER, _QUARTER)
PASSWORD_DEVICE: Final = Brake("password.device", 10, _QUARTER, _QUARTER)
CODE_ACCOUNT: Final = Brake("code.account", 10, _HOUR, _QUARTER)
SEND_ACCOUNT: Final = Brake("send.account", 120, _HOUR, _QUARTER)  # first codes; needs the right password
RESEND_ACCOUNT: Final = Brake("resend.account", 3, _QUARTER, _QUARTER)
RESEND_DAY: Final = Brake("resend.day", 10, _DAY, UNTIL_OVER)
RESEND_NUMBER: Final = Brake("resend.number", 20, _DAY, UNTIL_OVER)
# An hour and not until tomorrow: asking needs an address only, and must not keep its owner out for a day.
RESET_ACCOUNT: Final = Brake("reset.account", 5, _DAY, _HOUR)
RESET_ADDRESS: Final = Brake("reset.address", 30, _HOUR, _QUARTER)
REGISTER_ADDRESS: Final = Brake("register.address", 20, _HOUR, _QUARTER)
INVITE_COMPANY: Final = Brake("invite.company", 50, _DAY, _HOUR)  # a pause after each fifty; some have more to invite
STEP_UP: Final = Brake("step_up.account", 10, _QUARTER, _QUARTER)
LINK_ADDRESS: Final = Brake("link.address", 60, _QUARTER, _QUARTER)

_TAKE: Final = """
INSERT INTO accounts_throttle AS t (scope, key_hmac, window_start, count, blocked_until)
VALUES (
    %(scope)s, %(key)s, %(now)s, 1,
    CASE WHEN %(limit)s <= 1 THEN COALESCE(%(closed)s::timestamptz, %(now)s::timestamptz + %(window)s) END
)
ON CONFLICT (scope, key_hmac) DO UPDATE SET
    count = CASE WHEN {over} THEN 1 ELSE t.count + 1 END,
    window_start = CASE WHEN {over} THEN %(now)s ELSE t.window_start END,
    blocked_until = CASE
        WHEN (CASE WHEN {over} THEN 1 ELSE t.count + 1 END) >= %(limit)s
        THEN COALESCE(
            %(closed)s::timestamptz, (CASE WHEN {over} THEN %(now)s::timestamptz ELSE t.window_start END) + %(window)s
        )
    END
WHERE t.blocked_until IS NULL OR t.blocked_until <= %(now)s
RETURNING blocked_until IS NOT NULL
""".format(over="(t.blocked_until <= %(now)s OR t.window_start <= %(opened)s)")


def take(brake: Brake, key: str) -> Turn:
    """Count one turn of `key`, or be refused until a given time."""
    now = timezone.now()
    values: dict[str, Any] = {
        "scope": brake.scope,
        "key": keyed("throttle", key),
        "now": now,
        "limit": brake.limit,
        "closed": now + brake.pause if brake.pause else None,
        "window": brake.window,
        "opened": now - brake.window,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        row = cursor.fetchone()
    if row is None:
        return Turn(until=closed_until(brake, key) or now)
    return Turn(last=bool(row[0]))


def give_back(brake: Brake, key: str) -> None:
    """The turn was no mistake: it does not count, and a brake it closed is open again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_throttle SET count = count - 1, blocked_until = NULL"
            " WHERE scope = %s AND key_hmac = %s AND count > 0",
            [brake.scope, keyed("throttle", key)],
        )


def reopen(brake: Brake, key: str) -> None:
    """Begin anew: the owner has proved to be the owner by another way."""
    Throttle.objects.filter(scope=brake.scope, key_hmac=keyed("throttle", key)).delete()


def closed_until(brake: Brake, key: str) -> datetime | None:
    """Until when the brake is closed for `key`; None if it is open."""
    rows = Throttle.objects.filter(scope=brake.scope, key_hmac=keyed("throttle", key), blocked_until__gt=timezone.now())
    return rows.values_list("blocked_until", flat=True).first()
