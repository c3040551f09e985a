"""Both factors once more, inside a login, before what could be turned against the owner (ASVS 7.5.1)."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guichet import notify
from guichet.accounts import codes, passwords, throttles
from guichet.accounts.actions.reset import kill_tickets
from guichet.accounts.errors import CodeLockedError, ConflictError, InvalidFieldsError, ThrottledError, WrongCodeError
from guichet.accounts.models import LoginSession, Ticket
from guichet.accounts.models.login import TicketPurpose
from guichet.audit import record

if TYPE_CHECKING:
    from guichet.accounts.access import Actor

FRESH: Final = timedelta(minutes=15)


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
    ticket_id = uuid.uuid4()
    code, kept = codes.fresh(ticket_id)
    with transaction.atomic():
        kill_tickets(by.person, purpose)
        ticket = Ticket.objects.create(
            id=ticket_id,
            space=by.insurer,
            person=by.person,
            purpose=purpose,
            session=session,
            token_hash=kept["code_hash"],
            payload=mobile,
            reference=kept["reference"],
            created_at=kept["sent_at"],
            expires_at=kept["expires_at"],
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
    with transaction.atomic():
        tried = codes.attempt("accounts_ticket", ticket.pk, code, column="token_hash")
        right = bool(tried and tried.right)
        record(
            "auth.step_up.ok" if right else "auth.step_up.failed",
            insurer_id=by.insurer.pk,
            by=by.who,
            on="ticket",
            object_id=str(ticket.pk),
            outcome="ok" if right else "refused",
        )
    if tried is None:
        expired = ticket.expires_at <= timezone.now()
        raise WrongCodeError("expired") if expired else CodeLockedError(ticket.created_at + codes.CODE_LIFE)
    if not right:
        raise WrongCodeError("wrong", left=tried.left)
    return ticket


def step_up(*, by: Actor, session: LoginSession, code: str) -> None:
    """Finish: this login may do dangerous things for a quarter of an hour."""
    use_code(by=by, session=session, code=code, purpose=TicketPurpose.STEP_UP)
    with transaction.atomic():
        LoginSession.objects.filter(pk=session.pk).update(stepped_up_at=timezone.now())
        record("auth.step_up.done", insurer_id=by.insurer.pk, by=by.who, on="session", object_id=str(session.pk))
