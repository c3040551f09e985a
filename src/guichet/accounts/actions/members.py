"""A company's members (ORG-01, ORG-04): role, removal, corrections; never without a manager."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from guichet.accounts import sessions
from guichet.accounts.constraints import KEEPS_A_MANAGER
from guichet.accounts.errors import ConflictError
from guichet.accounts.models import Invitation, LoginAttempt, MemberRole, Membership
from guichet.audit import record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guichet.accounts.access import Actor

_CHECK_NOW: Final = "SET CONSTRAINTS membership_keeps_a_manager IMMEDIATE"


@contextmanager
def _keeping_a_manager(by: Actor, member: Membership, action: str) -> Iterator[None]:
    """One transaction, checked by the database's rule before it ends. Raises ConflictError("last_manager")."""
    try:
        with transaction.atomic():
            yield
            with connection.cursor() as cursor:
                cursor.execute(_CHECK_NOW)
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        if getattr(diagnosis, "constraint_name", "") != KEEPS_A_MANAGER:
            raise
        with transaction.atomic():
            record(
                action,
                insurer_id=by.insurer.pk,
                by=by.who,
                on="membership",
                object_id=str(member.pk),
                outcome="refused",
                reason="last_manager",
            )
        raise ConflictError("last_manager") from None


def change_role(*, by: Actor, member: Membership, role: MemberRole) -> None:
    """Make a manager of a collaborator or the reverse; it holds at the next request. Raises ConflictError."""
    with _keeping_a_manager(by, member, "member.role.changed"):
        changed = Membership.objects.filter(pk=member.pk, affiliation=by.affiliation, removed_at=None).update(role=role)
        if not changed:
            raise ConflictError("member_gone")
        detail = {"before": member.role, "after": role.value}
        record(
            "member.role.changed",
            insurer_id=by.insurer.pk,
            by=by.who,
            on="membership",
            object_id=str(member.pk),
            detail=detail,
        )


def remove(*, by: Actor, member: Membership) -> None:
    """« Supprimer »: access ends at once, drafts stay with the company, the row stays for history.

    What the person issued dies with it: logins here, logins in progress, invitations still open (B10).
    Raises ConflictError: "last_manager" or "member_gone".
    """
    with _keeping_a_manager(by, member, "member.removed"):
        now = timezone.now()
        removed = Membership.objects.filter(pk=member.pk, affiliation=by.affiliation, removed_at=None).update(
            removed_at=now, removed_by=by.person
        )
        if not removed:
            raise ConflictError("member_gone")
        ended = sessions.end(member.person_id)
        LoginAttempt.objects.filter(person=member.person_id, space=by.insurer, used_at=None).delete()
        open_invitations = Invitation.objects.filter(affiliation=by.affiliation, invited_by=member.person_id)
        open_invitations.filter(accepted_at=None, revoked_at=None).update(revoked_at=now)
        record("member.removed", insurer_id=by.insurer.pk, by=by.who, on="membership", object_id=str(member.pk))
        record(
            "session.revoked", insurer_id=by.insurer.pk, by=by.who, on="person", object_id=str(member.person_id),
            detail={"count": ended},
        )  # fmt: skip
