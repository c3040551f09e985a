"""The office enters its decisions, by hand, from a file, or by confirming a number somebody typed (INV-10)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from guichet import audit
from guichet.casework.errors import CaseError
from guichet.invoices.actions import ledger
from guichet.invoices.models import OfficeDecision, Quota
from guichet.kernel.text import searchable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from decimal import Decimal

    from guichet.accounts.access import Actor


class NumberTaken(CaseError):
    """The office already entered a decision with this number (409 on a page, a line of the report in a file)."""


class StillCounted(CaseError):
    """A quota that invoices took from can be changed, not removed."""


@dataclass(frozen=True)
class Limit:
    """One quota as it was typed."""

    kind: str
    per: str
    limit: Decimal


@dataclass(frozen=True)
class Granting:
    """A decision as it was typed."""

    number: str
    avs_number: str
    last_name: str
    first_name: str
    valid_from: date
    valid_to: date | None = None
    forms: tuple[str, ...] = ()
    description: str = ""
    terms: Mapping[str, str] = field(default_factory=dict)
    limits: tuple[Limit, ...] = ()


@transaction.atomic
def enter(granting: Granting, *, by: Actor, how: str = "hand") -> OfficeDecision:
    """Save a decision; what was already sent under its number is recorded. Raises `NumberTaken`."""
    decision = OfficeDecision(insurer=by.insurer, entered_by=by.person, entered_at=timezone.now())
    _fill(decision, granting)
    try:
        with transaction.atomic():
            decision.save()
    except IntegrityError as error:
        if "office_decision_once" in str(error):
            raise NumberTaken from error
        raise
    _set_limits(decision, granting.limits)
    recorded = ledger.record_sent(decision)
    _record(decision, "entered", by=by, detail={"how": how, "recorded_invoices": recorded})
    return decision


@transaction.atomic
def change(decision: OfficeDecision, granting: Granting, *, by: Actor) -> None:
    """Change anything but the number; balances stay what they are. Raises `StillCounted`."""
    locked = OfficeDecision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    _fill(locked, granting)
    locked.number = decision.number
    locked.save()
    _set_limits(locked, granting.limits)
    _record(locked, "changed", by=by)


@transaction.atomic
def archive(decision: OfficeDecision, *, by: Actor) -> None:
    """Put a decision away: its number is « non vérifié » again, what it counted stays in the history."""
    if OfficeDecision.objects.filter(pk=decision.pk, archived_at=None).update(archived_at=timezone.now()):
        _record(decision, "archived", by=by)


@transaction.atomic
def restore(decision: OfficeDecision, *, by: Actor) -> None:
    """Bring a decision back."""
    if OfficeDecision.objects.filter(pk=decision.pk, archived_at__isnull=False).update(archived_at=None):
        ledger.record_sent(decision)
        _record(decision, "restored", by=by)


def _fill(decision: OfficeDecision, granting: Granting) -> None:
    decision.number = granting.number
    decision.avs_number = granting.avs_number
    decision.last_name, decision.first_name = granting.last_name, granting.first_name
    decision.search = searchable(f"{granting.last_name} {granting.first_name} {granting.last_name}")[:180]
    decision.forms = list(granting.forms)
    decision.valid_from, decision.valid_to = granting.valid_from, granting.valid_to
    decision.description = granting.description
    decision.terms = {key: value for key, value in granting.terms.items() if value}


def _set_limits(decision: OfficeDecision, limits: Iterable[Limit]) -> None:
    """The quotas as typed: changed where the kind and period are the same, removed where nothing was taken yet."""
    wanted = {(limit.kind, limit.per): limit.limit for limit in limits}
    for quota in Quota.objects.filter(decision=decision):
        if (quota.kind, quota.per) in wanted:
            Quota.objects.filter(pk=quota.pk).update(limit=wanted.pop((quota.kind, quota.per)))
        elif quota.balances.exists():
            raise StillCounted
        else:
            quota.delete()
    Quota.objects.bulk_create(
        Quota(insurer_id=decision.insurer_id, decision=decision, kind=kind, per=per, limit=limit)
        for (kind, per), limit in wanted.items()
    )


def _record(decision: OfficeDecision, act: str, *, by: Actor, detail: Mapping[str, object] | None = None) -> None:
    audit.record(
        f"decision.{act}",
        insurer_id=decision.insurer_id,
        by=by.who,
        on="decision",
        object_id=str(decision.pk),
        subject=decision.avs_number,
        legal_basis="RAI 79",
        detail=detail,
    )
