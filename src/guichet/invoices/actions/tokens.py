"""Keys for the sender's software: made and revoked by managers, shown once, kept as a hash (API of INV-14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from guichet import audit
from guichet.accounts.access import Actor
from guichet.accounts.models import AffiliationStatus, MemberRole, Membership
from guichet.accounts.tokens import new_token, token_hash
from guichet.audit import Who
from guichet.invoices.models import ApiToken, Scope
from guichet.kernel.text import clean_line
from guichet.tenancy.rows import one_or_none

if TYPE_CHECKING:
    from collections.abc import Collection

    from guichet.tenancy.models import Insurer

PREFIX: Final = "gk_"  # so that a key that leaked is recognised as one
MOST_TOKENS: Final = 20  # of one company at a time
MOST_DAYS: Final = 400
_USE_NOTED_EVERY: Final = timedelta(minutes=1)


class TooManyTokens(Exception):
    """The company has as many keys as it may have (422)."""


@dataclass(frozen=True)
class TokenActor(Actor):
    """The company's software, answered for by the manager who made its key. Never a manager itself."""

    token_id: str = ""
    scopes: frozenset[str] = frozenset()

    @property
    def who(self) -> Who:
        """The audit names the key and who made it."""
        return Who(person_id=str(self.person.pk), role=f"api:{self.token_id}")


@transaction.atomic
def make(*, name: str, scopes: Collection[str], days: int, by: Actor) -> tuple[ApiToken, str]:
    """A new key and its secret, which nobody ever sees again. Raises `TooManyTokens`."""
    assert by.affiliation is not None  # noqa: S101 -- the view is a manager's
    now = timezone.now()
    if ApiToken.objects.visible_to(by).filter(revoked_at=None, expires_at__gt=now).count() >= MOST_TOKENS:
        raise TooManyTokens
    secret = PREFIX + new_token()
    token = ApiToken.objects.create(
        insurer=by.insurer,
        affiliation=by.affiliation,
        name=clean_line(name, 60),
        token_hash=token_hash(secret),
        scopes=sorted(set(scopes) & set(Scope.values)),
        made_by=by.person,
        expires_at=now + timedelta(days=min(max(days, 1), MOST_DAYS)),
    )
    _record(token, "made", by=by, detail={"scopes": " ".join(token.scopes), "days": days})
    return token, secret


@transaction.atomic
def revoke(token: ApiToken, *, by: Actor) -> None:
    """Ends a key at once; one that has ended leaves no trace."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        _record(token, "revoked", by=by)


def find(secret: str, *, insurer: Insurer) -> TokenActor | None:
    """Who a key acts for; None if it is unknown, ended, or nobody who may answer for it is left.

    A key works as long as the manager who made it is a manager of the company.
    """
    if not secret.startswith(PREFIX) or len(secret) > 100:
        return None
    now = timezone.now()
    valid = ApiToken.objects.filter(
        token_hash=token_hash(secret), insurer=insurer, revoked_at=None, expires_at__gt=now,
        affiliation__status=AffiliationStatus.ACCEPTED, made_by__is_active=True,
    )  # fmt: skip
    token = one_or_none(valid.select_related("affiliation__partner", "made_by"))
    if token is None or not answered_for(token):
        return None
    unused = Q(last_used_at=None) | Q(last_used_at__lt=now - _USE_NOTED_EVERY)
    ApiToken.objects.filter(unused, pk=token.pk).update(last_used_at=now)
    return TokenActor(
        person=token.made_by,
        insurer=insurer,
        role=MemberRole.COLLABORATOR,
        affiliation=token.affiliation,
        token_id=str(token.pk),
        scopes=frozenset(token.scopes),
    )


def answered_for(token: ApiToken) -> bool:
    """Whether who made the key still is a manager of the company."""
    return Membership.objects.filter(
        affiliation=token.affiliation, person=token.made_by, role=MemberRole.MANAGER, removed_at=None
    ).exists()


def _record(token: ApiToken, act: str, *, by: Actor, detail: dict[str, object] | None = None) -> None:
    audit.record(
        f"api_token.{act}", insurer_id=by.insurer.pk, by=by.who, on="api_token", object_id=str(token.pk), detail=detail
    )
