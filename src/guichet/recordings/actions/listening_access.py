"""The listener's way in: link, code by SMS (`accounts.codes`), player (REC-20).

After a hundred wrong codes in a row the access is locked, until the office sends the link again.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone

from guichet import audit, notify
from guichet.accounts import codes, throttles
from guichet.accounts.errors import CodeLockedError, NoAttemptError, ThrottledError, WrongCodeError
from guichet.accounts.throttles import UNTIL_OVER, Brake
from guichet.accounts.tokens import new_token, token_hash
from guichet.recordings.actions import listening
from guichet.recordings.actions.listening_errors import NotYours, Over
from guichet.recordings.models import ListeningCode, ListeningGrant
from guichet.recordings.rules import GRANT_DAYS

if TYPE_CHECKING:
    from guichet.accounts.visitor import Visitor
    from guichet.recordings.models import Listening
    from guichet.tenancy.models import Insurer

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_WHOLE: Final = timedelta(days=GRANT_DAYS + 2)  # longer than any access lasts
CODE_GRANT: Final = Brake("listen.code", 10, _HOUR, timedelta(minutes=15))  # wrong codes, over all attempts
CODE_IN_A_ROW: Final = Brake("listen.code.row", 100, _WHOLE, _WHOLE)  # wrong codes of one access without a right one
SEND_GRANT: Final = Brake("listen.send", 8, _HOUR, timedelta(minutes=15))  # SMS of one access
SEND_NUMBER: Final = Brake("listen.send.number", 20, _DAY, UNTIL_OVER)  # SMS to one number, of whatever access


def grant_of(insurer: Insurer, token: str) -> ListeningGrant:
    """The access behind a link.

    Raises `NotYours` for no link of ours, `Over` once revoked, replaced, expired or locked.
    """
    grant = (
        ListeningGrant.objects.filter(insurer=insurer, token_hash=token_hash(token[:80]))
        .select_related("recording__copy", "recording__mandate")
        .first()
    )
    if grant is None:
        raise NotYours
    _refuse_over(grant)
    grant.insurer = insurer
    return grant


def _refuse_over(grant: ListeningGrant) -> None:
    if not grant.is_alive or throttles.closed_until(CODE_IN_A_ROW, str(grant.pk)):
        raise Over


def ask_code(grant: ListeningGrant) -> str:
    """Send a code to the number the office knows; gives the value of the attempt's cookie. Raises `ThrottledError`."""
    _take_turns(grant)
    token, attempt_id = new_token(), uuid.uuid4()
    code, kept = codes.fresh(attempt_id)
    with transaction.atomic():
        attempt = ListeningCode.objects.create(
            id=attempt_id,
            insurer_id=grant.insurer_id,
            grant=grant,
            browser_hash=token_hash(token),
            created_at=kept["sent_at"],
            **kept,
        )
        _send(attempt, code)
        _note(attempt, "sent")
    return token


def find_attempt(insurer: Insurer, token: str) -> ListeningCode:
    """What this browser waits for. Raises `NoAttemptError`, and `Over` if the access ended meanwhile."""
    attempt = (
        ListeningCode.objects.filter(
            insurer=insurer, browser_hash=token_hash(token), created_at__gt=timezone.now() - codes.ATTEMPT_LIFE
        )
        .select_related("grant__recording__copy", "grant__recording__mandate", "grant__insurer")
        .first()
    )
    if attempt is None or attempt.used_at:
        raise NoAttemptError
    _refuse_over(attempt.grant)
    return attempt


def enter(attempt: ListeningCode, code: str, *, visitor: Visitor) -> tuple[Listening, str]:
    """Try a code; the right one begins exactly one listening, however often it is posted.

    Raises `WrongCodeError`, `CodeLockedError`, `ThrottledError`, `Over`, `NotListenable`.
    """
    with transaction.atomic():
        _lock(attempt)
        result = _evaluate(attempt, code, visitor)
    if isinstance(result, tuple):
        return result
    raise result


def _lock(attempt: ListeningCode) -> None:
    """Recording and access, in this order: brakes count exactly, and nothing is revoked or destroyed meanwhile."""
    listening.stay_listenable(attempt.grant.recording)
    rows = ListeningGrant.objects.select_for_update(no_key=True).filter(pk=attempt.grant_id)
    attempt.grant.revoked_at = rows.values_list("revoked_at", flat=True).get()
    _refuse_over(attempt.grant)


def _evaluate(attempt: ListeningCode, code: str, visitor: Visitor) -> tuple[Listening, str] | Exception:
    key = str(attempt.grant_id)
    if until := throttles.closed_until(CODE_GRANT, key):
        _note(attempt, "refused", reason="throttled")
        return ThrottledError(until)
    tried = codes.attempt("recordings_listeningcode", attempt.pk, code)
    if tried is None:
        return _not_evaluated(attempt)
    if not tried.right:
        throttles.take(CODE_GRANT, key)
        if throttles.take(CODE_IN_A_ROW, key).last:
            _note(attempt, "locked")
        _note(attempt, "refused", reason="wrong")
        return WrongCodeError("wrong", left=tried.left)
    throttles.reopen(CODE_IN_A_ROW, key)
    _note(attempt, "accepted")
    return listening.begin_on_grant(attempt.grant, visitor=visitor)


def _not_evaluated(attempt: ListeningCode) -> Exception:
    reason = codes.why_not(attempt)
    _note(attempt, "refused", reason=reason)
    return CodeLockedError(attempt.sent_at + codes.RESEND_AFTER) if reason == "locked" else WrongCodeError(reason)


def send_again(attempt: ListeningCode) -> None:
    """A new code, at the earliest 60 s after the last; the old one is worth nothing. Raises `ThrottledError`."""
    earliest = attempt.sent_at + codes.RESEND_AFTER
    if timezone.now() < earliest:
        raise ThrottledError(earliest)
    _take_turns(attempt.grant)
    with transaction.atomic():
        code = codes.renew(attempt, among=ListeningCode.objects.all())
        if code is None:
            raise ThrottledError(timezone.now() + codes.RESEND_AFTER)
        _send(attempt, code)
        _note(attempt, "sent")


def _take_turns(grant: ListeningGrant) -> None:
    for brake, key in ((SEND_GRANT, str(grant.pk)), (SEND_NUMBER, grant.mobile)):
        turn = throttles.take(brake, key)
        if turn.until:
            raise ThrottledError(turn.until)


def unlock(grant: ListeningGrant) -> None:
    """The office sends the link again, the former is dead: wrong codes and SMS are counted anew."""
    for brake, key in ((CODE_IN_A_ROW, str(grant.pk)), (SEND_GRANT, str(grant.pk)), (SEND_NUMBER, grant.mobile)):
        throttles.reopen(brake, key)


def sms_key(attempt: ListeningCode) -> str:
    """Under which key the newest code went into the outbox."""
    return f"listen-code-{attempt.pk}-{attempt.sends}"


def _send(attempt: ListeningCode, code: str) -> None:
    notify.sms(
        "accounts/login_code",
        insurer=attempt.grant.insurer,
        to=attempt.grant.mobile,
        language=attempt.grant.language,
        context={"code": code, "reference": attempt.reference},
        key=sms_key(attempt),
        expires_at=attempt.expires_at,
    )


def _note(attempt: ListeningCode, act: str, *, reason: str = "") -> None:
    audit.record(
        f"listening.code_{act}",
        insurer_id=attempt.insurer_id,
        by=listening.listener(attempt.grant),
        on="recording",
        object_id=str(attempt.grant.recording_id),
        subject=attempt.grant.recording.mandate.avs_number,
        recipient=f"grant:{attempt.grant_id}",
        outcome="refused" if act == "refused" else "ok",
        reason=reason,
    )
