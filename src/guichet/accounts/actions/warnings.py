"""Mails that warn the owner of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from guichet import notify
from guichet.accounts import sessions, throttles
from guichet.accounts.history import note
from guichet.accounts.models import Person
from guichet.accounts.models.login import SecurityEventKind
from guichet.audit import Who, record

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.tenancy.models import Insurer

PLATFORM = Who(role="platform")


def warn_of_throttle(*, insurer: Insurer, person_id: UUID) -> None:
    """One mail per pause: somebody tried the password too often (ACC-07). Nobody's id does nothing."""
    person = Person.objects.filter(pk=person_id, is_active=True).first()
    if person is None or sessions.actor_of(person, insurer) is None:
        return
    until = throttles.closed_until(throttles.PASSWORD_ACCOUNT, person.email.casefold()) or timezone.now()
    with transaction.atomic():
        sent = notify.mail(
            "accounts/throttled",
            insurer=insurer,
            to=person.email,
            language=person.language,
            context={"person": person, "until": until},
            key=f"throttled-{person.pk}-{until:%Y%m%d%H%M%S}",
        )
        if sent:
            note(SecurityEventKind.THROTTLED, person_id=person.pk, space=insurer)
            record("notice.sent", insurer_id=insurer.pk, by=PLATFORM, on="person", object_id=str(person.pk))
