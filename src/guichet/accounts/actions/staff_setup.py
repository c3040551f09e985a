"""The first administrator of an insurer: an act of the platform's operator, who has no account here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from guichet.accounts import passwords
from guichet.accounts.models import Person, StaffMember, StaffRole
from guichet.audit import record

if TYPE_CHECKING:
    from guichet.accounts.actions.data import Data
    from guichet.audit import Who
    from guichet.tenancy.models import Insurer


def open_administrator(*, insurer: Insurer, data: Data, password: str, language: str, who: Who) -> StaffMember:
    """Make the person and give the role; everybody else is invited by administrators."""
    encoded = passwords.hashed(password)
    with transaction.atomic():
        person = Person.objects.create(
            email=data.email,
            first_name=data.first_name,
            last_name=data.last_name,
            mobile=data.mobile,
            language=language,
            password=encoded,
            password_changed_at=timezone.now(),
        )
        member = StaffMember.objects.create(
            insurer=insurer, person=person, role=StaffRole.ADMINISTRATOR, keeps_account=True
        )
        record("staff.opened", insurer_id=insurer.pk, by=who, on="staff_member", object_id=str(member.pk))
    return member
