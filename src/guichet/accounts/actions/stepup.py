"""Both factors once more, inside a login, before what could be turned against the owner (ASVS 7.5.1)."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guichet import notify
from guichet.accounts import passwords, throttles
from guichet.accounts.actions.reset import kill_tickets
from guichet.accounts.errors import CodeLockedError, ConflictError, InvalidFieldsError, ThrottledError, WrongCodeError
from guichet.accounts.models import LoginSession, Ticket
from guichet.accounts.models.login import TicketPurpose
from guichet.accounts.tokens import code_hash, new_code, new_reference
from guichet.audit import record

if TYPE_CHECKING:
    from guichet.accounts.access import Actor

FRESH: Final = timedelta(minutes=15)
_CODE_LIFE: Final = timedelta(minutes=5)
_TRIES: Final = 5

_EVALUATE: Final = """
UPDATE accounts_ticket
SET tries = tries + 1, used_at = CASE WHEN token_hash = %(hash)s THEN %(now)s ELSE used_at END
WHERE id = %(id)s AND used_at IS NULL AND tries < %(tries)s AND expires_at > %(now)s
RETURNING used_at IS NOT NULL, tries
"""


def is_fresh(session: LoginSession) -> bool:
    """Whether both factors were given within the last 15 minutes, beyond the login itself."""
    return session.stepped_up_at is not None and session.stepped_up_at > timezone.now() - FRESH


def check_password(*, by: Actor, password: str, field: str = "password") -> None:
    """The person's own password, braked. Raises InvalidFieldsError at `field`, and ThrottledError."""
    key = str(by.person.pk)
    turn = throttles.take(throttles.STEP_UP, key)
    if turn.until:
        raise ThrottledError(turn.until)
    if not passwords.verify(password, by.person.password):
        with transaction.atomic():
            record(
                "auth.step_up.failed",
                insurer_id=by.insurer.pk,
                by=by.who,
                on="person",
                object_id=key,
                outcome="refused",
            )
        text = _("Ce mot de passe n'est pas le vôtre. Saisissez votre mot de passe actuel.")
        raise InvalidFieldsError(**{field: text})
    throttles.give_back(throttles.STEP_UP, key)


def send_code(*, by: Actor, session: LoginSession, password: str, purpose: str, mobile: str = "") -> Ticket:
    """After the password: a code to the person's mobile, or to `mobile` to prove that the new number is theirs.

    Raises InvalidFieldsError and ThrottledError.
    """
    check_password(by=by, password=password)
    turn = throttles.take(throttles.RESEND_NUMBER, mobile or by.person.mobile)
    if turn.until:
        raise ThrottledError(turn.until)
    ticket_id, code, now = uuid.uuid4(), new_code(), timezone.now()
    with transaction.atomic():
        kill_tickets(by.person, purpose)
        ticket = Ticket.objects.create(
            id=ticket_id,
            space=by.insurer,
            person=by.person,
            purpose=purpose,
            session=session,
            token_hash=code_hash(ticket_id, code),
            payload=mobile,
            reference=new_reference(),
            created_at=now,
            expires_at=now + _CODE_LIFE,
        )
        notify.sms(
            "accounts/login_code",
            insurer=by.insurer,
            to=mobile or by.person.mobile,
            language=by.person.language,
            context={"code": code, "reference": ticket.reference},
            key=f"step-up-{ticket.pk}",
            expires_at=ticket.expires_at,
        )
        record("auth.step_up.sent", insurer_id=by.insurer.pk, by=by.who, on="ticket", object_id=str(ticket.pk))
    return ticket


def open_ticket(*, by: Actor, session: LoginSession, purpose: str) -> Ticket | None:
    """The code this login waits for, if any."""
    return Ticket.objects.filter(
        person=by.person, session=session, purpose=purpose, used_at=None, created_at__gt=timezone.now() - FRESH
    ).first()


def use_code(*, by: Actor, session: LoginSession, code: str, purpose: str) -> Ticket:
    """Try the code of this login; the right one works once. Raises ConflictError, WrongCodeError, CodeLockedError."""
    ticket = open_ticket(by=by, session=session, purpose=purpose)
    if ticket is None:
        raise ConflictError("no_code")
    digits = "".join(sign for sign in code if sign.isdigit())
    values: dict[str, Any] = {
        "hash": code_hash(ticket.pk, digits),
        "now": timezone.now(),
        "id": ticket.pk,
        "tries": _TRIES,
    }
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_EVALUATE, values)
            row = cursor.fetchone()
        right = bool(row and row[0])
        record(
            "auth.step_up.ok" if right else "auth.step_up.failed",
            insurer_id=by.insurer.pk,
            by=by.who,
            on="ticket",
            object_id=str(ticket.pk),
            outcome="ok" if right else "refused",
        )
    if row is None:
        expired = ticket.expires_at <= timezone.now()
        raise WrongCodeError("expired") if expired else CodeLockedError(ticket.created_at + _CODE_LIFE)
    if not right:
        raise WrongCodeError("wrong", left=_TRIES - row[1])
    return ticket


def step_up(*, by: Actor, session: LoginSession, code: str) -> None:
    """Finish: this login may do dangerous things for a quarter of an hour."""
    use_code(by=by, session=session, code=code, purpose=TicketPurpose.STEP_UP)
    with transaction.atomic():
        LoginSession.objects.filter(pk=session.pk).update(stepped_up_at=timezone.now())
        record("auth.step_up.done", insurer_id=by.insurer.pk, by=by.who, on="session", object_id=str(session.pk))
