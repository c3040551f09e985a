"""Name, e-mail and mobile of a member are the manager's to change, of staff the administrator's (ACC-08).

Only where the account was made here (`rules.may_correct`). A new address proves itself by a link before it counts;
a new mobile ends every login and asks for a new password, and old and new number and address are told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from guichet import notify
from guichet.accounts import sessions
from guichet.accounts.actions.account import tell_old_number
from guichet.accounts.actions.reset import find_ticket, kill_tickets
from guichet.accounts.actions.warnings import PLATFORM
from guichet.accounts.errors import ConflictError, DeadLinkError
from guichet.accounts.history import note
from guichet.accounts.models import LoginAttempt, Person, Ticket
from guichet.accounts.models.login import SecurityEventKind, TicketPurpose
from guichet.accounts.rules import may_correct
from guichet.accounts.tokens import new_token, token_hash
from guichet.audit import Who, record

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import Actor
    from guichet.accounts.models import Membership, StaffMember
    from guichet.tenancy.models import Insurer

_CONFIRM_WITHIN: Final = timedelta(days=2)


@dataclass(frozen=True, kw_only=True)
class Data:
    """What is kept about a person."""

    first_name: str
    last_name: str
    email: str
    mobile: str


def correct(*, by: Actor, member: Membership | StaffMember, data: Data) -> bool:
    """Change what differs; True if a new address was asked to confirm itself. Raises ConflictError("not_yours")."""
    if not may_correct(member):
        raise ConflictError("not_yours")
    person = member.person
    with transaction.atomic():
        changed = [
            name for name in ("first_name", "last_name", "mobile") if getattr(person, name) != getattr(data, name)
        ]
        Person.objects.filter(pk=person.pk).update(
            first_name=data.first_name, last_name=data.last_name, mobile=data.mobile
        )
        if "mobile" in changed:
            _mobile_replaced(by, person, data.mobile)
        asked = data.email != person.email.casefold()
        if asked:
            _ask_new_address(by, person, data.email)
        if changed or asked:
            note(SecurityEventKind.DATA_CHANGED, person_id=person.pk, space=by.insurer)
            detail = {"fields": " ".join([*changed, *(["email"] if asked else [])])}
            record(
                "member.data.changed",
                insurer_id=by.insurer.pk,
                by=by.who,
                on="person",
                object_id=str(person.pk),
                detail=detail,
            )
    return asked


def _mobile_replaced(by: Actor, person: Person, new: str) -> None:
    from guichet.accounts.tasks import send_reset

    sessions.end(person.pk)
    LoginAttempt.objects.filter(person=person, used_at=None).delete()
    send_reset.defer(insurer_id=by.insurer.pk, person_id=str(person.pk))
    key = f"mobile-corrected-{person.pk}-{timezone.now():%Y%m%d%H%M%S%f}"
    notify.mail(
        "accounts/mobile_changed",
        insurer=by.insurer,
        to=person.email,
        language=person.language,
        context={"person": person, "at": timezone.now()},
        key=key,
    )
    for which, number in (("old", person.mobile), ("new", new)):
        tell_old_number(by, number, person.language, f"{key}-{which}")
    record("account.phone.changed", insurer_id=by.insurer.pk, by=by.who, on="person", object_id=str(person.pk))


def _ask_new_address(by: Actor, person: Person, email: str) -> None:
    from guichet.accounts.tasks import confirm_email

    now = timezone.now()
    kill_tickets(person, TicketPurpose.EMAIL)
    ticket = Ticket.objects.create(
        space=by.insurer,
        person=person,
        purpose=TicketPurpose.EMAIL,
        token_hash=token_hash(new_token()),  # replaced when the mail is written: only the mail knows the link
        payload=email,
        created_at=now,
        expires_at=now + _CONFIRM_WITHIN,
    )
    confirm_email.defer(insurer_id=by.insurer.pk, ticket_id=str(ticket.pk))


def send_confirmation(*, insurer: Insurer, ticket_id: UUID) -> None:
    """Write to the new address, unless it has an account already: then nothing, and the ticket dies."""
    with transaction.atomic():
        ticket = Ticket.objects.select_for_update().select_related("person").filter(pk=ticket_id, used_at=None).first()
        if ticket is None:
            return
        if Person.objects.filter(email__iexact=ticket.payload).exclude(pk=ticket.person_id).exists():
            kill_tickets(ticket.person, TicketPurpose.EMAIL)
            return
        token = new_token()
        Ticket.objects.filter(pk=ticket.pk).update(token_hash=token_hash(token))
        notify.mail(
            "accounts/confirm_email",
            insurer=insurer,
            to=ticket.payload,
            language=ticket.person.language,
            context={"person": ticket.person, "token": token},
            key=f"confirm-email-{ticket.pk}",
            expires_at=ticket.expires_at,
        )
        record("account.email.asked", insurer_id=insurer.pk, by=PLATFORM, on="person", object_id=str(ticket.person_id))


def confirm_address(*, insurer: Insurer, token: str) -> Person:
    """The link sent to the new address: from now on it is the login. The old address is told.

    Raises UnknownLinkError and DeadLinkError.
    """
    ticket = find_ticket(insurer=insurer, token=token, purpose=TicketPurpose.EMAIL)
    person, old = ticket.person, ticket.person.email
    try:
        with transaction.atomic():
            if not Ticket.objects.filter(pk=ticket.pk, used_at=None).update(used_at=timezone.now()):
                raise DeadLinkError("used")
            Person.objects.filter(pk=person.pk).update(email=ticket.payload)
            sessions.end(person.pk)
            note(SecurityEventKind.DATA_CHANGED, person_id=person.pk, space=insurer)
            who = Who(person_id=str(person.pk), role="link")
            record("account.email.changed", insurer_id=insurer.pk, by=who, on="person", object_id=str(person.pk))
            notify.mail(
                "accounts/email_changed",
                insurer=insurer,
                to=old,
                language=person.language,
                context={"person": person, "at": timezone.now()},
                key=f"email-changed-{ticket.pk}",
            )
    except IntegrityError:
        raise DeadLinkError("taken") from None
    person.email = ticket.payload
    return person
