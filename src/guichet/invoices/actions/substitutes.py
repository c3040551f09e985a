"""Who stands in for whom, and from when to when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from guichet import audit
from guichet.casework.errors import CaseError, Overtaken
from guichet.invoices import queries
from guichet.invoices.actions.desk import NotAReviewer
from guichet.invoices.models import Substitution

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from guichet.accounts.access import Actor


class NobodyElse(CaseError):
    """Nobody stands in for themselves (422)."""


class WrongDays(CaseError):
    """The last day is before the first, or over already (422)."""


@transaction.atomic
def substitute(*, absent: UUID, by_whom: UUID, first_day: date, last_day: date, by: Actor) -> Substitution:
    """`by_whom` finds the invoices of `absent` among theirs. Raises `NotAReviewer`, `NobodyElse`, `WrongDays`.

    Oneself may be named absent; anybody else only by an administrator (the page does not offer it to others).
    """
    if absent == by_whom:
        raise NobodyElse
    if last_day < first_day or last_day < timezone.localdate():
        raise WrongDays
    others = absent != by.person.pk
    if (others and by.role != "administrator") or not queries.may_review(by, by_whom):
        raise NotAReviewer
    if others and not queries.may_review(by, absent):
        raise NotAReviewer
    made = Substitution.objects.create(
        insurer=by.insurer,
        absent_id=absent,
        substitute_id=by_whom,
        first_day=first_day,
        last_day=last_day,
        created_by=by.person,
    )
    _record(made, "made", by=by)
    return made


@transaction.atomic
def end(substitution: Substitution, *, by: Actor) -> None:
    """Back earlier. Raises `NotAReviewer` for somebody else's, `Overtaken` if it is over."""
    if by.role != "administrator" and by.person.pk not in {substitution.absent_id, substitution.created_by_id}:
        raise NotAReviewer
    open_ones = Substitution.objects.filter(pk=substitution.pk, insurer=by.insurer, ended_at=None)
    if not open_ones.update(ended_at=timezone.now()):
        raise Overtaken
    _record(substitution, "ended", by=by)


def _record(substitution: Substitution, act: str, *, by: Actor) -> None:
    audit.record(
        f"substitution.{act}",
        insurer_id=by.insurer.pk,
        by=by.who,
        on="substitution",
        object_id=str(substitution.pk),
        recipient=str(substitution.substitute_id),
        detail={"first": substitution.first_day.isoformat(), "last": substitution.last_day.isoformat()},
    )
