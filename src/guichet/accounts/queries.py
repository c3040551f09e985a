"""What the pages of accounts show. Every question starts from who asks (style 7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q

from guichet.accounts import sessions
from guichet.accounts.models import (
    Affiliation,
    AffiliationStatus,
    BankAccount,
    Identity,
    Invitation,
    LoginSession,
    Membership,
    SecurityEvent,
    StaffMember,
)
from guichet.tenancy.models import Insurer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from guichet.accounts.access import Actor

_EVERYBODYS_DOMAINS: Final = frozenset(
    {
        "bluewin.ch",
        "gmail.com",
        "gmx.ch",
        "gmx.net",
        "hotmail.com",
        "outlook.com",
        "sunrise.ch",
        "icloud.com",
        "netplus.ch",
    }
)
PAGE: Final = 50


def identity_of(actor: Actor) -> Identity | None:
    """The insured person this partner acts for, if it is one."""
    return Identity.objects.filter(affiliation=actor.affiliation).first()


def members(actor: Actor) -> QuerySet[Membership]:
    """The people of the actor's company, managers first."""
    return (
        Membership.objects.filter(affiliation=actor.affiliation, removed_at=None)
        .select_related("person")
        .order_by("-role", "person__last_name", "person__first_name")
    )


def member(actor: Actor, member_id: UUID) -> Membership | None:
    """One of them; nothing for anybody else's."""
    return members(actor).filter(pk=member_id).first()


def open_invitations(actor: Actor) -> QuerySet[Invitation]:
    """Invitations of the company (of the staff, for staff) that nobody has used yet, old ones included."""
    return Invitation.objects.filter(
        insurer=actor.insurer, affiliation=actor.affiliation, accepted_at=None, revoked_at=None
    ).order_by("-created_at")


def open_invitation(actor: Actor, invitation_id: UUID) -> Invitation | None:
    """One of them."""
    return open_invitations(actor).filter(pk=invitation_id).first()


def bank_accounts(affiliation: Affiliation) -> QuerySet[BankAccount]:
    """The accounts an invoice may name, oldest first."""
    return BankAccount.objects.filter(affiliation=affiliation, archived_at=None).order_by("created_at", "id")


def bank_account(affiliation: Affiliation, account_id: UUID) -> BankAccount | None:
    """One of them."""
    return bank_accounts(affiliation).filter(pk=account_id).first()


def sessions_of(actor: Actor) -> QuerySet[LoginSession]:
    """« Mes sessions »: the person's living logins everywhere, newest first."""
    return sessions.alive().filter(person=actor.person).select_related("space").order_by("-created_at")


def events_of(actor: Actor) -> QuerySet[SecurityEvent]:
    """The last fifty lines of the account's security history."""
    return SecurityEvent.objects.filter(person=actor.person).select_related("space").order_by("-at", "-id")[:PAGE]


def staff(actor: Actor) -> QuerySet[StaffMember]:
    """The insurer's staff."""
    return (
        StaffMember.objects.filter(insurer=actor.insurer, removed_at=None)
        .select_related("person")
        .order_by("person__last_name", "person__first_name")
    )


def staff_member(actor: Actor, member_id: UUID) -> StaffMember | None:
    """One of them."""
    return staff(actor).filter(pk=member_id).first()


def requests_waiting(actor: Actor) -> QuerySet[Affiliation]:
    """Registrations to decide, oldest first (INV-20)."""
    return (
        Affiliation.objects.filter(insurer=actor.insurer, status=AffiliationStatus.REQUESTED)
        .select_related("partner", "registration")
        .order_by("requested_at", "id")
    )


def requests_decided(actor: Actor) -> QuerySet[Affiliation]:
    """The last fifty decisions, newest first."""
    return (
        Affiliation.objects.filter(insurer=actor.insurer, decided_at__isnull=False)
        .select_related("partner", "registration", "decided_by")
        .order_by("-decided_at", "id")[:PAGE]
    )


def request(actor: Actor, affiliation_id: UUID) -> Affiliation | None:
    """One registration at this insurer, decided or not."""
    found = Affiliation.objects.filter(insurer=actor.insurer, pk=affiliation_id)
    return found.select_related("partner", "registration", "decided_by").first()


def identity(affiliation: Affiliation) -> Identity | None:
    """The insured person it acts for; None for organisations and experts."""
    return Identity.objects.filter(affiliation=affiliation).first()


def others_for(known: Identity) -> bool:
    """Whether another open affiliation of this insurer acts for the same insured person."""
    others = Identity.objects.filter(insurer_id=known.insurer_id, avs_number=known.avs_number)
    return others.exclude(pk=known.pk).filter(affiliation__status__in=("requested", "accepted")).exists()


def responsible(affiliation: Affiliation) -> Membership | None:
    """Who registered: the first manager."""
    return affiliation.memberships.select_related("person").order_by("created_at", "id").first()


@dataclass(frozen=True)
class Resemblance:
    """Another affiliation of the insurer that may be the same organisation, and why."""

    affiliation: Affiliation
    reasons: tuple[str, ...]


def resemblances(actor: Actor, affiliation: Affiliation, contact: Membership | None) -> list[Resemblance]:
    """Same GLN, UID, name, or e-mail domain (unless everybody has it): the candidates for a duplicate."""
    partner, domain = affiliation.partner, _own_domain(contact)
    alike = Q(partner__gln=partner.gln) | Q(partner__name__iexact=partner.name)
    if partner.uid:
        alike |= Q(partner__uid=partner.uid)
    if domain:
        alike |= Q(memberships__person__email__iendswith=f"@{domain}", memberships__removed_at=None)
    found = (
        Affiliation.objects.filter(alike, insurer=actor.insurer)
        .exclude(pk=affiliation.pk)
        .select_related("partner")
        .order_by("-requested_at", "id")
        .distinct()[:20]
    )
    return [Resemblance(other, _reasons(partner, other.partner)) for other in found]


def _own_domain(contact: Membership | None) -> str:
    domain = contact.person.email.rpartition("@")[2].casefold() if contact else ""
    return "" if domain in _EVERYBODYS_DOMAINS else domain


def _reasons(partner: Any, other: Any) -> tuple[str, ...]:
    pairs: Sequence[tuple[str, str, str]] = (
        ("gln", partner.gln, other.gln),
        ("uid", partner.uid, other.uid),
        ("name", partner.name.casefold(), other.name.casefold()),
    )
    return tuple(name for name, mine, theirs in pairs if mine and mine == theirs) or ("domain",)


def insurers() -> QuerySet[Insurer]:
    """Every space of the platform, for its entry page."""
    return Insurer.objects.order_by("pk")
