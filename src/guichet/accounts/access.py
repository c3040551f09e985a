"""Who is asking, as what, and what a view demands of them.

Every view carries exactly one of the marks below; `SpaceMiddleware` enforces it before the view runs and a
contract test lists every route with its mark. Status policy: anonymous or half-authenticated → 302 to the login,
object of somebody else → 404 (the view's business), role lacks the right → 403.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from django.http import HttpRequest

from guichet.audit import Who

if TYPE_CHECKING:
    from guichet.accounts.models import Affiliation, LoginSession, Person
    from guichet.accounts.visitor import Visitor
    from guichet.tenancy.models import Insurer


@dataclass(frozen=True)
class Actor:
    """A fully authenticated person in one role at one insurer."""

    person: Person
    insurer: Insurer
    role: str  # MemberRole or StaffRole value
    affiliation: Affiliation | None = None  # None for staff of the insurer
    rights: frozenset[str] = field(default_factory=frozenset)
    owes_terms: bool = False  # accepts this insurer's terms of use before anything else (ACC-02)

    @property
    def is_staff(self) -> bool:
        return self.affiliation is None

    @property
    def is_manager(self) -> bool:
        return self.affiliation is not None and self.role == "manager"

    def has(self, right: str) -> bool:
        """Administrators hold every right but `listen` (README of the spec, « What belongs to whom »)."""
        return right in self.rights or (self.role == "administrator" and right != "listen")

    @property
    def who(self) -> Who:
        """The same person for the audit."""
        return Who(person_id=str(self.person.pk), role=self.role)


class SpaceRequest(HttpRequest):
    """A request inside an insurer's space; `actor` is None only in public views."""

    insurer: Insurer
    actor: Actor
    login: LoginSession  # None like `actor`; there, but without actor, for people of another space
    visitor: Visitor


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What a view asks of its visitor."""

    public: bool = False
    side: str = ""  # "partner", "staff" or "" (both)
    manager: bool = False
    right: str = ""
    any_right: frozenset[str] = frozenset()  # one of them is enough
    roles: frozenset[str] = frozenset()

    def met_by(self, actor: Actor) -> bool:
        if self.side == "partner" and actor.is_staff:
            return False
        if self.side == "staff" and not actor.is_staff:
            return False
        if self.manager and not actor.is_manager:
            return False
        if self.roles and actor.role not in self.roles:
            return False
        if self.any_right and not any(actor.has(right) for right in self.any_right):
            return False
        return not self.right or actor.has(self.right)


View = TypeVar("View", bound=Callable[..., object])


def _mark(demand: Demand) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.demand = demand  # type: ignore[attr-defined]
        return view

    return mark


def before_terms(view: View) -> View:
    """Beside the mark: also for who has not accepted the insurer's terms of use yet."""
    view.before_terms = True  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Anybody, logged in or not."""
    return _mark(Demand(public=True))(view)


def signed_in(view: View) -> View:
    """Anybody with password and second factor, of either side."""
    return _mark(Demand())(view)


def partner(view: View) -> View:
    """A member of an accepted partner."""
    return _mark(Demand(side="partner"))(view)


def manager(view: View) -> View:
    """A manager of an accepted partner (ORG-01)."""
    return _mark(Demand(side="partner", manager=True))(view)


def staff(
    *, right: str = "", any_right: frozenset[str] = frozenset(), roles: frozenset[str] = frozenset()
) -> Callable[[View], View]:
    """Staff of the insurer, with a right, one of some rights, or one of some roles."""
    return _mark(Demand(side="staff", right=right, any_right=any_right, roles=roles))
