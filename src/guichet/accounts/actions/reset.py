"""« Mot de passe oublié ? » (ACC-06): a link by mail, a new password, and the second factor is not skipped."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone

from guichet import notify
from guichet.accounts import passwords, sessions, throttles
from guichet.accounts.actions.warnings import PLATFORM
from guichet.accounts.errors import DeadLinkError, InvalidFieldsError, ThrottledError, UnknownLinkError
from guichet.accounts.history import note
from guichet.accounts.models import LoginAttempt, Person, Ticket
from guichet.accounts.models.login import SecurityEventKind, TicketPurpose
from guichet.accounts.tokens import new_token, token_hash
from guichet.audit import Who, record

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.visitor import Visitor
    from guichet.tenancy.models import Insurer

LINK_LIFE: Final = timedelta(hours=1)
_ANONYMOUS: Final = Who()


def ask_reset(*, insurer: Insurer, email: str, visitor: Visitor) -> None:
    """Ask for a link. The same statements for every address: a job looks whether there is an account.

    Raises ThrottledError.
    """
    from guichet.accounts.tasks import send_reset

    for brake, key in ((throttles.RESET_ADDRESS, visitor.network), (throttles.RESET_ACCOUNT, email.casefold())):
        turn = throttles.take(brake, key)
        if turn.until:
            raise ThrottledError(turn.until)
    person = Person.objects.filter(email__iexact=email[:254]).only("id").first()
    with transaction.atomic():
        send_reset.defer(insurer_id=insurer.pk, person_id=str(person.pk if person else uuid.uuid4()))
        record(
            "auth.reset.asked",
            insurer_id=insurer.pk,
            by=_ANONYMOUS,
            on="person",
            object_id=str(person.pk) if person else "",
        )


def send_link(*, insurer: Insurer, person_id: UUID) -> None:
    """Send the link, if the person may log in here. An older link dies with it."""
    with transaction.atomic():
        person = Person.objects.select_for_update().filter(pk=person_id, is_active=True).first()
        if person is None or sessions.actor_of(person, insurer) is None:
            return
        token, now = new_token(), timezone.now()
        kill_tickets(person, TicketPurpose.RESET)
        ticket = Ticket.objects.create(
            space=insurer,
            person=person,
            purpose=TicketPurpose.RESET,
            token_hash=token_hash(token),
            created_at=now,
            expires_at=now + LINK_LIFE,
        )
        notify.mail(
            "accounts/reset",
            insurer=insurer,
            to=person.email,
            language=person.language,
            context={"person": person, "token": token},
            key=f"reset-{ticket.pk}",
            expires_at=ticket.expires_at,
        )
        record("auth.reset.sent", insurer_id=insurer.pk, by=PLATFORM, on="person", object_id=str(person.pk))


def kill_tickets(person: Person, *purposes: str) -> None:
    """Links of these purposes (all, if none is named) are dead from now on."""
    tickets = Ticket.objects.filter(person=person, used_at=None)
    if purposes:
        tickets = tickets.filter(purpose__in=purposes)
    tickets.update(used_at=timezone.now())


def find_ticket(*, insurer: Insurer, token: str, purpose: str) -> Ticket:
    """The living ticket of a link. Raises UnknownLinkError, or DeadLinkError if it was used, replaced or is too old."""
    ticket = (
        Ticket.objects.filter(token_hash=token_hash(token), space=insurer, purpose=purpose)
        .select_related("person")
        .first()
    )
    if ticket is None:
        raise UnknownLinkError
    if ticket.used_at:
        raise DeadLinkError("used")
    if ticket.expires_at <= timezone.now():
        raise DeadLinkError("expired")
    return ticket


def note_dead_link(*, insurer: Insurer, reason: str) -> None:
    """Write down that somebody opened a dead link."""
    with transaction.atomic():
        record(
            "auth.reset.refused", insurer_id=insurer.pk, by=_ANONYMOUS, on="ticket", outcome="refused", reason=reason
        )


def finish_reset(*, insurer: Insurer, token: str, password: str, again: str) -> None:
    """Set the new password by a link: every login ends, every other link dies, the brakes of the account open.

    Raises UnknownLinkError, DeadLinkError and InvalidFieldsError.
    """
    ticket = find_ticket(insurer=insurer, token=token, purpose=TicketPurpose.RESET)
    check_new_password(password, again, ticket.person, insurer)
    encoded = passwords.hashed(password)
    with transaction.atomic():
        now = timezone.now()
        used = Ticket.objects.filter(pk=ticket.pk, used_at=None, expires_at__gt=now).update(used_at=now)
        if not used:
            raise DeadLinkError("used")
        set_password(ticket.person, encoded)
        note(SecurityEventKind.PASSWORD_RESET, person_id=ticket.person_id, space=insurer)
        who = Who(person_id=str(ticket.person_id), role="link")
        record("auth.reset.done", insurer_id=insurer.pk, by=who, on="person", object_id=str(ticket.person_id))
        _tell(insurer, ticket)
    throttles.reopen(throttles.PASSWORD_ACCOUNT, ticket.person.email.casefold())


def check_new_password(password: str, again: str, person: Person, insurer: Insurer, *words: str) -> None:
    """Raise InvalidFieldsError unless both are the same acceptable password; nothing is hashed."""
    from django.utils.translation import gettext as _

    context = (person.email, person.first_name, person.last_name, insurer.name, *words)
    if found := passwords.problems(password, context=context):
        raise InvalidFieldsError(password=" ".join(found))
    if password != again:
        raise InvalidFieldsError(again=_("Saisissez deux fois le même mot de passe."))


def set_password(person: Person, encoded: str, *, keep_session: UUID | None = None) -> None:
    """Store it; all other logins, logins in progress and links of the person end."""
    now = timezone.now()
    Person.objects.filter(pk=person.pk).update(password=encoded, password_changed_at=now, wrong_in_a_row=0)
    sessions.end(person.pk, but=keep_session)
    LoginAttempt.objects.filter(person=person, used_at=None).delete()
    kill_tickets(person)


def _tell(insurer: Insurer, ticket: Ticket) -> None:
    person = ticket.person
    notify.mail(
        "accounts/password_changed",
        insurer=insurer,
        to=person.email,
        language=person.language,
        context={"person": person, "at": timezone.now()},
        key=f"password-changed-{ticket.pk}",
    )
