"""Login: e-mail and password, then a code by SMS (ACC-04, ACC-07).

Known, unknown, inactive and not admitted accounts cost the same hash computations and the same statements, and get
the same answer. Turns are taken before anything is checked; a code is evaluated by one conditional statement.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final, NamedTuple

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from guichet import notify
from guichet.accounts import codes, passwords, sessions, throttles
from guichet.accounts.errors import (
    CodeLockedError,
    NoAttemptError,
    ThrottledError,
    WrongCodeError,
    WrongCredentialsError,
)
from guichet.accounts.history import note
from guichet.accounts.models import LoginAttempt, Person
from guichet.accounts.models.login import SecurityEventKind
from guichet.accounts.tokens import new_token, token_hash
from guichet.audit import Who, record

if TYPE_CHECKING:
    from guichet.accounts.access import Actor
    from guichet.accounts.models import LoginSession
    from guichet.accounts.throttles import Brake
    from guichet.accounts.visitor import Visitor
    from guichet.tenancy.models import Insurer

RESET_ONLY: Final = 100  # wrong in a row: only a reset helps (NIST SP 800-63B)
_WARN_AT: Final = 3  # wrong codes: the owner is told (ASVS 6.3.5)
_ANONYMOUS: Final = Who()


class Opened(NamedTuple):
    """A finished login: the cookie's value, who it is, and where the person wanted to go."""

    token: str
    session: LoginSession
    actor: Actor
    next_path: str


def start_login(*, insurer: Insurer, email: str, password: str, visitor: Visitor, next_path: str = "") -> str:
    """Check the password and send a code; gives the value of the attempt's cookie.

    Raises WrongCredentialsError (whatever the reason) and ThrottledError.
    """
    person = Person.objects.filter(email__iexact=email[:254]).first()
    ghost = person or Person(id=uuid.uuid4(), email=email)
    device = visitor.device_of(ghost.pk)
    brakes = _brakes(email, visitor, device)
    last = _take_all(brakes, insurer=insurer, ghost=ghost)
    right = passwords.verify(password, person.password if person else "")
    actor = sessions.actor_of(ghost, insurer)
    stopped = ghost.wrong_in_a_row >= RESET_ONLY and not device
    if not (right and actor and ghost.is_active) or stopped:
        _note_failure(insurer, ghost, known=person is not None, wrong=not right, last=last and not device)
        raise WrongCredentialsError
    for brake, key in brakes:
        throttles.give_back(brake, key)
    return _begin(insurer=insurer, actor=actor, next_path=next_path)


def _brakes(email: str, visitor: Visitor, device: str) -> list[tuple[Brake, str]]:
    """A known device is counted for itself, so that nobody locks out its owner."""
    if device:
        return [(throttles.PASSWORD_DEVICE, device)]
    return [(throttles.PASSWORD_ADDRESS, visitor.network), (throttles.PASSWORD_ACCOUNT, email.casefold())]


def _take_all(brakes: list[tuple[Brake, str]], *, insurer: Insurer, ghost: Person) -> bool:
    """Take a turn of each; True if the account's brake closed with it. Refused by one: the others get theirs back."""
    taken: list[tuple[Brake, str]] = []
    last = False
    for brake, key in brakes:
        turn = throttles.take(brake, key)
        if turn.until:
            for other, other_key in taken:
                throttles.give_back(other, other_key)
            _note_throttled(insurer, ghost, brake)
            raise ThrottledError(turn.until)
        taken.append((brake, key))
        last = turn.last and brake is throttles.PASSWORD_ACCOUNT
    return last


def _note_throttled(insurer: Insurer, ghost: Person, brake: Brake) -> None:
    del ghost  # the audit says which brake, not whether the account exists
    with transaction.atomic():
        record(
            "auth.throttled", insurer_id=insurer.pk, by=_ANONYMOUS, on="login", outcome="refused", reason=brake.scope
        )


def _note_failure(insurer: Insurer, ghost: Person, *, known: bool, wrong: bool, last: bool) -> None:
    """The same statements for every account: nobody's row is simply not found."""
    from guichet.accounts.tasks import warn_owner

    with transaction.atomic():
        counted = ghost.pk if wrong else uuid.uuid4()
        Person.objects.filter(pk=counted).update(wrong_in_a_row=F("wrong_in_a_row") + 1)
        person_id = str(ghost.pk) if known else ""
        record(
            "auth.password.failed",
            insurer_id=insurer.pk,
            by=_ANONYMOUS,
            on="person",
            object_id=person_id,
            outcome="refused",
        )
        if last:
            warn_owner.defer(insurer_id=insurer.pk, person_id=str(ghost.pk))


def _begin(*, insurer: Insurer, actor: Actor, next_path: str) -> str:
    turn = throttles.take(throttles.SEND_ACCOUNT, str(actor.person.pk))
    if turn.until:
        raise ThrottledError(turn.until)
    token, attempt_id = new_token(), uuid.uuid4()
    code, kept = codes.fresh(attempt_id)
    with transaction.atomic():
        attempt = LoginAttempt.objects.create(
            id=attempt_id,
            space=insurer,
            person=actor.person,
            browser_hash=token_hash(token),
            created_at=kept["sent_at"],
            next_path=next_path[:500],
            **kept,
        )
        _send(attempt, code)
        record("auth.password.ok", insurer_id=insurer.pk, by=actor.who, on="login_attempt", object_id=str(attempt_id))
    return token


def sms_key(attempt: LoginAttempt) -> str:
    """Under which key the newest code went into the outbox; the page asks for its delivery by it."""
    return f"login-code-{attempt.pk}-{attempt.sends}"


def _send(attempt: LoginAttempt, code: str) -> None:
    notify.sms(
        "accounts/login_code",
        insurer=attempt.space,
        to=attempt.person.mobile,
        language=attempt.person.language,
        context={"code": code, "reference": attempt.reference},
        key=sms_key(attempt),
        expires_at=attempt.expires_at,
    )


def find_attempt(*, insurer: Insurer, token: str) -> LoginAttempt:
    """The login in progress of this browser in this space. Raises NoAttemptError."""
    attempt = (
        LoginAttempt.objects.filter(
            browser_hash=token_hash(token), space=insurer, created_at__gt=timezone.now() - codes.ATTEMPT_LIFE
        )
        .select_related("person", "space")
        .first()
    )
    if attempt is None:
        raise NoAttemptError
    return attempt


def verify_code(*, insurer: Insurer, token: str, code: str, visitor: Visitor) -> Opened:
    """Try a code; the right one opens exactly one login, however often it is posted.

    Raises NoAttemptError, WrongCodeError, CodeLockedError and ThrottledError.
    """
    attempt = find_attempt(insurer=insurer, token=token)
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=attempt.person_id)
        result = _evaluate(attempt, person, code, visitor)
    if isinstance(result, Opened):
        return result
    raise result


def _evaluate(attempt: LoginAttempt, person: Person, code: str, visitor: Visitor) -> Opened | Exception:
    """One statement counts the try and uses the code up; the person's row is locked, so that brakes count exactly."""
    key = str(person.pk)
    if until := throttles.closed_until(throttles.CODE_ACCOUNT, key):
        _note_code(attempt, "throttled")
        return ThrottledError(until)
    tried = codes.attempt("accounts_loginattempt", attempt.pk, code)
    if tried is None:
        return _not_evaluated(attempt)
    if not tried.right:
        return _wrong(attempt, tried)
    actor = sessions.actor_of(person, attempt.space)
    if actor is None or not person.is_active:
        return NoAttemptError()
    return _open(attempt, actor, visitor)


def _not_evaluated(attempt: LoginAttempt) -> Exception:
    reason = codes.why_not(attempt)
    if reason != "locked":
        _note_code(attempt, reason)
        return WrongCodeError(reason)
    _note_code(attempt, "locked", action="auth.otp.throttled")
    return CodeLockedError(attempt.sent_at + codes.RESEND_AFTER)


def _wrong(attempt: LoginAttempt, tried: codes.Tried) -> Exception:
    person = attempt.person
    throttles.take(throttles.CODE_ACCOUNT, str(person.pk))
    Person.objects.filter(pk=person.pk).update(wrong_in_a_row=F("wrong_in_a_row") + 1)
    _note_code(attempt, "wrong")
    if tried.tries == _WARN_AT:
        note(SecurityEventKind.WRONG_CODES, person_id=person.pk, space=attempt.space)
        notify.mail(
            "accounts/wrong_codes",
            insurer=attempt.space,
            to=person.email,
            language=person.language,
            context={"person": person, "at": timezone.now()},
            key=f"wrong-codes-{attempt.pk}-{attempt.sends}",
        )
    if not tried.left:
        _note_code(attempt, "five tries", action="auth.otp.locked")
    return WrongCodeError("wrong", left=tried.left)


def _note_code(attempt: LoginAttempt, reason: str, action: str = "auth.otp.failed") -> None:
    who = Who(person_id=str(attempt.person_id), role="half_authenticated")
    record(
        action, insurer_id=attempt.space_id, by=who, on="login_attempt", object_id=str(attempt.pk), outcome="refused",
        reason=reason,
    )  # fmt: skip


def _open(attempt: LoginAttempt, actor: Actor, visitor: Visitor) -> Opened:
    person = actor.person
    token, session = sessions.open_session(person=person, space=attempt.space, factors="password sms", visitor=visitor)
    kind = SecurityEventKind.LOGIN if visitor.device_of(person.pk) else SecurityEventKind.NEW_DEVICE
    note(kind, person_id=person.pk, space=attempt.space, visitor=visitor)
    Person.objects.filter(pk=person.pk).update(wrong_in_a_row=0, last_login=session.created_at)
    detail = {"factors": session.factors}
    record(
        "auth.login.ok",
        insurer_id=attempt.space_id,
        by=actor.who,
        on="session",
        object_id=str(session.pk),
        detail=detail,
    )
    return Opened(token, session, actor, attempt.next_path)


def resend_code(*, insurer: Insurer, token: str) -> LoginAttempt:
    """Send a new code, at the earliest 60 s after the last one; the old one is worth nothing any more.

    Raises NoAttemptError and ThrottledError.
    """
    attempt = find_attempt(insurer=insurer, token=token)
    if attempt.used_at:
        raise NoAttemptError
    earliest = attempt.sent_at + codes.RESEND_AFTER
    if earliest > timezone.now():
        _note_resend_refused(attempt, "too soon")
        raise ThrottledError(earliest)
    if attempt.sends > codes.RESENDS:
        _note_resend_refused(attempt, "attempt")
        raise ThrottledError(attempt.created_at + codes.ATTEMPT_LIFE)
    _take_resend_turns(attempt)
    return _replace_code(attempt)


def _take_resend_turns(attempt: LoginAttempt) -> None:
    person = attempt.person
    wanted = (
        (throttles.RESEND_ACCOUNT, str(person.pk)),
        (throttles.RESEND_DAY, str(person.pk)),
        (throttles.RESEND_NUMBER, person.mobile),
    )
    for brake, key in wanted:
        turn = throttles.take(brake, key)
        if turn.until:
            _note_resend_refused(attempt, brake.scope)
            raise ThrottledError(turn.until)


def _note_resend_refused(attempt: LoginAttempt, reason: str) -> None:
    with transaction.atomic():
        _note_code(attempt, reason, action="auth.otp.resend_throttled")


def _replace_code(attempt: LoginAttempt) -> LoginAttempt:
    """Conditional: of two browsers' tabs that ask at once, one gets a new code and the other waits."""
    with transaction.atomic():
        code = codes.renew(attempt, among=LoginAttempt.objects.all())
        if code is None:
            raise ThrottledError(timezone.now() + codes.RESEND_AFTER)
        _send(attempt, code)
        who = Who(person_id=str(attempt.person_id), role="half_authenticated")
        record("auth.otp.resent", insurer_id=attempt.space_id, by=who, on="login_attempt", object_id=str(attempt.pk))
    return attempt


def logout(*, by: Actor, session: LoginSession, visitor: Visitor) -> None:
    """End this login on the server."""
    with transaction.atomic():
        sessions.end(by.person.pk, only=session.pk)
        note(SecurityEventKind.LOGOUT, person_id=by.person.pk, space=by.insurer, visitor=visitor)
        record("auth.logout", insurer_id=by.insurer.pk, by=by.who, on="session", object_id=str(session.pk))
