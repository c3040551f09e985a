"""The insurer's staff (ORG-07): administrators give roles and rights; there is always an administrator."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from guichet.accounts import sessions
from guichet.accounts.errors import ConflictError
from guichet.accounts.models import LoginAttempt, StaffMember, StaffRole
from guichet.accounts.rules import grantable_rights
from guichet.audit import record
from guichet.tenancy.models import Insurer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from guichet.accounts.access import Actor


@contextmanager
def _keeping_an_administrator(by: Actor) -> Iterator[None]:
    """One transaction, one change of staff at a time. Raises ConflictError("last_administrator")."""
    with transaction.atomic():
        Insurer.objects.select_for_update().get(pk=by.insurer.pk)
        yield
        administrators = StaffMember.objects.filter(
            insurer=by.insurer, role=StaffRole.ADMINISTRATOR, removed_at=None, person__is_active=True
        )
        if not administrators.exists():
            raise ConflictError("last_administrator")


def change_staff(*, by: Actor, member: StaffMember, role: StaffRole, rights: Iterable[str]) -> None:
    """Role and rights; they hold at the next request. Rights it cannot have are left out. Raises ConflictError."""
    granted = [right.value for right in grantable_rights(role) if right.value in set(rights)]
    with _keeping_an_administrator(by):
        alive = StaffMember.objects.filter(pk=member.pk, insurer=by.insurer, removed_at=None)
        if not alive.update(role=role, rights=granted):
            raise ConflictError("member_gone")
        before = {"role_before": member.role, "rights_before": " ".join(member.rights)}
        detail = {"role": role.value, "rights": " ".join(granted)} | before
        record(
            "staff.changed",
            insurer_id=by.insurer.pk,
            by=by.who,
            on="staff_member",
            object_id=str(member.pk),
            detail=detail,
        )


def remove_staff(*, by: Actor, member: StaffMember) -> None:
    """Access ends at once; the row stays for history. Raises ConflictError."""
    with _keeping_an_administrator(by):
        alive = StaffMember.objects.filter(pk=member.pk, insurer=by.insurer, removed_at=None)
        if not alive.update(removed_at=timezone.now(), removed_by=by.person):
            raise ConflictError("member_gone")
        ended = sessions.end(member.person_id)
        LoginAttempt.objects.filter(person=member.person_id, space=by.insurer, used_at=None).delete()
        record(
            "staff.removed", insurer_id=by.insurer.pk, by=by.who, on="staff_member", object_id=str(member.pk),
            detail={"sessions_ended": ended},
        )  # fmt: skip
