"""Invitations of colleagues and of staff: a link, single use, seven days (ASVS 6.4.1, A23)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guichet import notify
from guichet.accounts import passwords, throttles
from guichet.accounts.actions.reset import check_new_password
from guichet.accounts.errors import ConflictError, DeadLinkError, InvalidFieldsError, ThrottledError, UnknownLinkError
from guichet.accounts.models import (
    Affiliation,
    AffiliationStatus,
    Invitation,
    Membership,
    Person,
    StaffMember,
)
from guichet.accounts.tokens import new_token, token_hash
from guichet.audit import Who, record

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from guichet.accounts.access import Actor
    from guichet.tenancy.models import Insurer

LINK_LIFE: Final = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Invited:
    """Who is to come, as it was typed."""

    first_name: str
    last_name: str
    email: str
    mobile: str
    role: str
    rights: tuple[str, ...] = field(default=())


def invite(*, by: Actor, affiliation: Affiliation | None, invited: Invited, language: str = "") -> str:
    """Invite to a company, or to the insurer's staff if there is no affiliation. An older invitation dies with it.

    Gives the link's secret, which is stored nowhere and otherwise only in the mail. Raises InvalidFieldsError if the
    person is here already, and ThrottledError.
    """
    if _belongs(by.insurer, affiliation, invited.email):
        raise InvalidFieldsError(email=_("Cette personne a déjà un accès. Modifiez-la dans la liste."))
    _brake(by)
    with transaction.atomic():
        _alive(by.insurer, affiliation).filter(email=invited.email).update(revoked_at=timezone.now())
        return _write(by, affiliation, invited, language or by.person.language, "member.invited")


def resend(*, by: Actor, invitation: Invitation) -> str:
    """Send a new link for seven more days, the old one is dead; gives its secret.

    Raises ConflictError and ThrottledError.
    """
    _brake(by)
    again = Invited(
        first_name=invitation.first_name,
        last_name=invitation.last_name,
        email=invitation.email,
        mobile=invitation.mobile,
        role=invitation.role,
        rights=tuple(invitation.rights),
    )
    with transaction.atomic():
        alive = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
        if not alive.update(revoked_at=timezone.now()):
            raise ConflictError("invitation_over")
        return _write(by, invitation.affiliation, again, invitation.language, "member.invited_again")


def _write(by: Actor, affiliation: Affiliation | None, invited: Invited, language: str, action: str) -> str:
    token, now = new_token(), timezone.now()
    invitation = Invitation.objects.create(
        insurer=by.insurer,
        affiliation=affiliation,
        email=invited.email,
        first_name=invited.first_name,
        last_name=invited.last_name,
        mobile=invited.mobile,
        role=invited.role,
        rights=list(invited.rights),
        language=language,
        token_hash=token_hash(token),
        invited_by=by.person,
        created_at=now,
        expires_at=now + LINK_LIFE,
    )
    _send(by, invitation, token)
    record(action, insurer_id=by.insurer.pk, by=by.who, on="invitation", object_id=str(invitation.pk))
    return token


def revoke(*, by: Actor, invitation: Invitation) -> None:
    """The link is dead from now on. Raises ConflictError if it was used or revoked already."""
    with transaction.atomic():
        alive = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
        if not alive.update(revoked_at=timezone.now()):
            raise ConflictError("invitation_over")
        record("invite.revoked", insurer_id=by.insurer.pk, by=by.who, on="invitation", object_id=str(invitation.pk))


def find(*, insurer: Insurer, token: str) -> Invitation:
    """The living invitation of a link. Raises UnknownLinkError and DeadLinkError."""
    invitation = (
        Invitation.objects.filter(token_hash=token_hash(token))
        .select_related("affiliation__partner", "insurer")
        .first()
    )
    if invitation is None:
        raise UnknownLinkError
    reason = _why_dead(invitation)
    if reason:
        with transaction.atomic():
            record(
                "invite.refused", insurer_id=insurer.pk, by=Who(), on="invitation", object_id=str(invitation.pk),
                outcome="refused", reason=reason,
            )  # fmt: skip
        raise DeadLinkError(reason)
    return invitation


def _why_dead(invitation: Invitation) -> str:
    if invitation.accepted_at:
        return "used"
    if invitation.revoked_at:
        return "revoked"
    if invitation.expires_at <= timezone.now():
        return "expired"
    if invitation.affiliation and invitation.affiliation.status != AffiliationStatus.ACCEPTED:
        return "closed"
    return ""


def account_of(invitation: Invitation) -> Person | None:
    """The account that joins without choosing a password: the address has a living one."""
    return Person.objects.filter(email__iexact=invitation.email, is_active=True).exclude(password="").first()


def accept(*, insurer: Insurer, token: str, password: str = "", again: str = "") -> Person:
    """Join by the link: a new account with a password, or the one the address has already.

    Raises UnknownLinkError, DeadLinkError, InvalidFieldsError.
    """
    invitation = find(insurer=insurer, token=token)
    person = account_of(invitation)
    encoded = ""
    if person is None:
        stranger = Person(email=invitation.email, first_name=invitation.first_name, last_name=invitation.last_name)
        words = (invitation.affiliation.partner.name,) if invitation.affiliation else ()
        check_new_password(password, again, stranger, insurer, *words)
        encoded = passwords.hashed(password)
    with transaction.atomic():
        now = timezone.now()
        joined = person or _new_account(invitation, encoded)
        alive = Invitation.objects.filter(
            pk=invitation.pk, accepted_at=None, revoked_at=None, expires_at__gt=now, token_hash=token_hash(token)
        )
        if not alive.update(accepted_at=now, accepted_by=joined):
            raise DeadLinkError("used")
        _join(invitation, joined, new=person is None)
        who = Who(person_id=str(joined.pk), role="link")
        record("member.joined", insurer_id=insurer.pk, by=who, on="invitation", object_id=str(invitation.pk))
    return joined


def _new_account(invitation: Invitation, encoded: str) -> Person:
    """A new person, or one that registered and was never let in: whoever reads the mail is the owner."""
    person, _created = Person.objects.update_or_create(
        email=invitation.email,
        defaults={
            "first_name": invitation.first_name,
            "last_name": invitation.last_name,
            "mobile": invitation.mobile,
            "language": invitation.language,
            "password": encoded,
            "password_changed_at": timezone.now(),
            "is_active": True,
        },
    )
    return person


def _join(invitation: Invitation, person: Person, *, new: bool) -> None:
    if invitation.affiliation is None:
        StaffMember.objects.get_or_create(
            insurer=invitation.insurer,
            person=person,
            removed_at=None,
            defaults={"role": invitation.role, "rights": invitation.rights, "keeps_account": new},
        )
        return
    before = Membership.objects.filter(affiliation=invitation.affiliation, person=person, keeps_account=True)
    Membership.objects.get_or_create(
        insurer=invitation.insurer,
        affiliation=invitation.affiliation,
        person=person,
        removed_at=None,
        defaults={"role": invitation.role, "keeps_account": new or before.exists()},
    )


def _belongs(insurer: Insurer, affiliation: Affiliation | None, email: str) -> bool:
    if affiliation is None:
        return StaffMember.objects.filter(insurer=insurer, person__email__iexact=email, removed_at=None).exists()
    return affiliation.memberships.filter(person__email__iexact=email, removed_at=None).exists()


def _alive(insurer: Insurer, affiliation: Affiliation | None) -> QuerySet[Invitation]:
    return Invitation.objects.filter(insurer=insurer, affiliation=affiliation, accepted_at=None, revoked_at=None)


def _brake(by: Actor) -> None:
    owner = by.affiliation.pk if by.affiliation else by.person.pk
    turn = throttles.take(throttles.INVITE_COMPANY, str(owner))
    if turn.until:
        raise ThrottledError(turn.until)


def _send(by: Actor, invitation: Invitation, token: str) -> None:
    company = invitation.affiliation.partner.name if invitation.affiliation else by.insurer.name
    notify.mail(
        "accounts/invitation",
        insurer=by.insurer,
        to=invitation.email,
        language=invitation.language,
        context={"invitation": invitation, "company": company, "inviter": by.person, "token": token},
        key=f"invitation-{invitation.pk}",
        expires_at=invitation.expires_at,
    )
