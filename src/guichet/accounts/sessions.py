"""Logins that hold: opened after the second factor, idle 30 minutes, absolute 12 hours, ended on the server (ACC-10).

The cookie carries 256 random bits and nothing else; the table knows their hash. There is no session before the
login, hence nothing an attacker could plant. The only write a GET may cause is « last seen », at most once a minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db.models import F, FilteredRelation, Q
from django.utils import timezone

from guichet.accounts.access import Actor
from guichet.accounts.models import AffiliationStatus, LoginSession, Membership, StaffMember
from guichet.accounts.tokens import new_token, token_hash
from guichet.tenancy.prepared import Prepared

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from guichet.accounts.models import Person
    from guichet.accounts.visitor import Visitor
    from guichet.tenancy.models import Insurer

ABSOLUTE: Final = timedelta(seconds=settings.SESSION_COOKIE_AGE)
IDLE: Final = timedelta(seconds=settings.SESSION_IDLE_SECONDS)
_SEEN_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Found:
    """A living login and what the person is in this space, if anything."""

    session: LoginSession
    actor: Actor | None


def open_session(*, person: Person, space: Insurer, factors: str, visitor: Visitor) -> tuple[str, LoginSession]:
    """Begin a login that holds; gives the cookie's value, which is kept nowhere."""
    token, now = new_token(), timezone.now()
    session = LoginSession.objects.create(
        key_hash=token_hash(token),
        person=person,
        space=space,
        factors=factors,
        created_at=now,
        last_seen_at=now,
        ip=visitor.ip,
        user_agent=visitor.user_agent,
    )
    return token, session


def alive(now: datetime | None = None) -> QuerySet[LoginSession]:
    """Logins that have neither been idle for too long nor lasted too long."""
    now = now or timezone.now()
    return LoginSession.objects.filter(
        created_at__gt=now - ABSOLUTE, last_seen_at__gt=now - IDLE, person__is_active=True
    )


def lapsed(token: str) -> LoginSession | None:
    """The login of this cookie if it was idle or lasted too long; one that was ended on purpose is gone."""
    recent = LoginSession.objects.filter(last_seen_at__gt=timezone.now() - ABSOLUTE, person__is_active=True)
    return recent.filter(key_hash=token_hash(token)).select_related("person").first()


def find(token: str, insurer: Insurer) -> Found | None:
    """The login of this cookie and the person's role at this insurer, in one query.

    A right that was taken away is gone at the next request: nothing of it is kept in the session (ORG-04).
    """
    now = timezone.now()
    rows = _with_roles(
        key_hash=token_hash(token), insurer_id=insurer.pk, created_after=now - ABSOLUTE, seen_after=now - IDLE
    )
    for session in rows:
        if actor := _actor(session, insurer):
            return Found(session, actor)
    return Found(rows[0], None) if rows else None


def _sessions_with_roles(
    *, key_hash: str, insurer_id: int, created_after: datetime, seen_after: datetime
) -> QuerySet[LoginSession]:
    """One row per membership in this space (usually one); the oldest first."""
    living = LoginSession.objects.filter(
        key_hash=key_hash, created_at__gt=created_after, last_seen_at__gt=seen_after, person__is_active=True
    )
    return (
        living.annotate(
            staff=FilteredRelation(
                "person__staff_memberships",
                condition=Q(person__staff_memberships__removed_at=None, person__staff_memberships__insurer=insurer_id),
            ),
            member=FilteredRelation(
                "person__memberships",
                condition=Q(person__memberships__removed_at=None, person__memberships__insurer=insurer_id),
            ),
            staff_role=F("staff__role"),
            staff_rights=F("staff__rights"),
        )
        .select_related("person", "member__affiliation__partner")  # type: ignore[misc] # a FilteredRelation, unknown to the stubs
        .order_by("member__created_at", "member__id")
    )


_with_roles: Final = Prepared(_sessions_with_roles)  # every request asks


def _actor(session: LoginSession, insurer: Insurer) -> Actor | None:
    role = getattr(session, "staff_role", None)
    if role:
        rights = frozenset(getattr(session, "staff_rights", None) or ())
        return Actor(person=session.person, insurer=insurer, role=role, rights=rights)
    member: Membership | None = getattr(session, "member", None)
    if member is None or member.affiliation.status != AffiliationStatus.ACCEPTED:
        return None
    return _member(session.person, insurer, member)


def _member(person: Person, insurer: Insurer, member: Membership) -> Actor:
    owes = member.owes_terms
    return Actor(person=person, insurer=insurer, role=member.role, affiliation=member.affiliation, owes_terms=owes)


def actor_of(person: Person, insurer: Insurer) -> Actor | None:
    """What this person is at this insurer; the same two queries for everybody, also for nobody."""
    staff = StaffMember.objects.filter(person=person.pk, insurer=insurer, removed_at=None).first()
    member = (
        Membership.objects.filter(
            person=person.pk, insurer=insurer, removed_at=None, affiliation__status=AffiliationStatus.ACCEPTED
        )
        .select_related("affiliation__partner")
        .order_by("created_at", "id")
        .first()
    )
    if staff:
        return Actor(person=person, insurer=insurer, role=staff.role, rights=frozenset(staff.rights))
    if member:
        return _member(person, insurer, member)
    return None


def touch(session: LoginSession) -> None:
    """« Last seen », at most once a minute and by one conditional statement."""
    now = timezone.now()
    if session.last_seen_at > now - _SEEN_EVERY:
        return
    LoginSession.objects.filter(pk=session.pk, last_seen_at__lte=now - _SEEN_EVERY).update(last_seen_at=now)


def end(person_id: UUID, *, only: UUID | None = None, but: UUID | None = None) -> int:
    """End logins of a person: one, all, or all but the one in use. They die at their next request."""
    sessions = LoginSession.objects.filter(person_id=person_id)
    if only is not None:
        sessions = sessions.filter(pk=only)
    if but is not None:
        sessions = sessions.exclude(pk=but)
    return sessions.delete()[0]
