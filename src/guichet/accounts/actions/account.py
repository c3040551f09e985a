"""« Mon compte » (ACC-08): what a person changes about the own login."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from guichet import notify
from guichet.accounts import passwords, sessions
from guichet.accounts.actions import stepup
from guichet.accounts.actions.reset import check_new_password, set_password
from guichet.accounts.history import note
from guichet.accounts.models import Person
from guichet.accounts.models.login import SecurityEventKind, TicketPurpose
from guichet.audit import record

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import Actor
    from guichet.accounts.models import LoginSession
    from guichet.accounts.visitor import Visitor


def change_password(
    *, by: Actor, session: LoginSession, current: str, password: str, again: str, visitor: Visitor
) -> None:
    """A new password with the current one; every other login ends. Raises InvalidFieldsError and ThrottledError."""
    stepup.check_password(by=by, password=current, field="current")
    words = (by.affiliation.partner.name,) if by.affiliation else ()
    check_new_password(password, again, by.person, by.insurer, *words)
    encoded = passwords.hashed(password)
    with transaction.atomic():
        set_password(by.person, encoded, keep_session=session.pk)
        note(SecurityEventKind.PASSWORD_CHANGED, person_id=by.person.pk, space=by.insurer, visitor=visitor)
        record(
            "account.password.changed", insurer_id=by.insurer.pk, by=by.who, on="person", object_id=str(by.person.pk)
        )
        _mail(by, "accounts/password_changed", f"password-changed-{timezone.now():%Y%m%d%H%M%S%f}")


def change_language(*, by: Actor, language: str, visitor: Visitor) -> None:
    """The language of pages, mails and SMS."""
    with transaction.atomic():
        Person.objects.filter(pk=by.person.pk).update(language=language)
        note(
            SecurityEventKind.LANGUAGE_CHANGED,
            person_id=by.person.pk,
            space=by.insurer,
            visitor=visitor,
            detail=language,
        )
        record(
            "account.language.changed", insurer_id=by.insurer.pk, by=by.who, on="person", object_id=str(by.person.pk)
        )


def change_mobile(*, by: Actor, session: LoginSession, code: str, visitor: Visitor) -> None:
    """Confirm the new number with the code sent to it; the old number and the address are told.

    Raises ConflictError, WrongCodeError, CodeLockedError.
    """
    ticket = stepup.use_code(by=by, session=session, code=code, purpose=TicketPurpose.MOBILE)
    old = by.person.mobile
    with transaction.atomic():
        Person.objects.filter(pk=by.person.pk).update(mobile=ticket.payload)
        sessions.end(by.person.pk, but=session.pk)
        note(SecurityEventKind.MOBILE_CHANGED, person_id=by.person.pk, space=by.insurer, visitor=visitor)
        record("account.phone.changed", insurer_id=by.insurer.pk, by=by.who, on="person", object_id=str(by.person.pk))
        _mail(by, "accounts/mobile_changed", f"mobile-changed-{ticket.pk}")
        tell_old_number(by, old, by.person.language, f"mobile-changed-old-{ticket.pk}")


def tell_old_number(by: Actor, old: str, language: str, key: str) -> None:
    """An SMS to the number that was replaced: whoever did not ask for it learns it there."""
    expires = timezone.now() + timedelta(days=1)
    notify.sms(
        "accounts/mobile_changed",
        insurer=by.insurer,
        to=old,
        language=language,
        context={},
        key=key,
        expires_at=expires,
    )


def end_session(*, by: Actor, session_id: UUID, visitor: Visitor) -> bool:
    """End one of the own logins; False if it was over already or is not the person's."""
    with transaction.atomic():
        ended = sessions.end(by.person.pk, only=session_id)
        if ended:
            _note_end(by, visitor, str(session_id))
    return bool(ended)


def end_other_sessions(*, by: Actor, session: LoginSession, visitor: Visitor) -> int:
    """End all own logins but this one."""
    with transaction.atomic():
        ended = sessions.end(by.person.pk, but=session.pk)
        _note_end(by, visitor, "others")
    return ended


def _note_end(by: Actor, visitor: Visitor, what: str) -> None:
    note(SecurityEventKind.SESSION_ENDED, person_id=by.person.pk, space=by.insurer, visitor=visitor)
    record("session.revoked", insurer_id=by.insurer.pk, by=by.who, on="session", object_id=what)


def _mail(by: Actor, template: str, key: str) -> None:
    notify.mail(
        template,
        insurer=by.insurer,
        to=by.person.email,
        language=by.person.language,
        context={"person": by.person, "at": timezone.now()},
        key=key,
    )
