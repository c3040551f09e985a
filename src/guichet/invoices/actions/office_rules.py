"""An administrator changes the rules of the office; a second one admits what loosens a control."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from guichet import audit
from guichet.accounts.actions import stepup
from guichet.accounts.actions.bank import StepUpNeededError
from guichet.casework.errors import CaseError, Overtaken, ReasonMissing
from guichet.invoices.models import ChangeState, SettingChange
from guichet.invoices.office_rules import BY_KEY, value_of, with_value
from guichet.kernel.text import clean_line
from guichet.tenancy.models import Insurer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from guichet.accounts.access import Actor
    from guichet.accounts.models import LoginSession

LONGEST: Final = 300  # characters of a reason


class OnePersonOnly(CaseError):
    """Who asked for a change does not admit it (409)."""


@transaction.atomic
def change(wanted: Mapping[str, Any], *, seen: Mapping[str, Any], reason: str, by: Actor) -> list[SettingChange]:
    """Make what differs from now hold; what loosens waits for a second administrator.

    `seen` is what the page showed. Raises `ReasonMissing`, `Overtaken` (changed meanwhile, or asked already).
    """
    why = clean_line(reason[:LONGEST], LONGEST)
    insurer = _locked(by)
    now = {key: value_of(insurer, key) for key in wanted}
    if any(now[key] != seen[key] for key in wanted):
        raise Overtaken
    different = {key: value for key, value in wanted.items() if value != now[key]}
    if different and not why:
        raise ReasonMissing
    return [_change(insurer, key, now[key], value, why, by=by) for key, value in different.items()]


def _change(insurer: Insurer, key: str, before: Any, after: Any, reason: str, *, by: Actor) -> SettingChange:
    waits = BY_KEY[key].loosens(before, after)
    try:
        with transaction.atomic():
            made = SettingChange.objects.create(
                insurer=insurer,
                key=key,
                before=before,
                after=after,
                reason=reason,
                state=ChangeState.WAITING if waits else ChangeState.APPLIED,
                asked_by=by.person,
                asked_at=timezone.now(),
            )
    except IntegrityError as error:
        raise Overtaken from error
    if not waits:
        _apply(insurer, made)
    _record(made, "asked" if waits else "changed", by=by)
    return made


@transaction.atomic
def decide(change_id: UUID, *, admit: bool, by: Actor, session: LoginSession) -> SettingChange:
    """A second administrator admits, after both factors once more, or refuses.

    Raises `OnePersonOnly`, `Overtaken` (decided, or the rule changed), `StepUpNeededError`.
    """
    insurer = _locked(by)
    waiting = SettingChange.objects.filter(pk=change_id, insurer=insurer, state=ChangeState.WAITING).first()
    if waiting is None or (admit and value_of(insurer, waiting.key) != waiting.before):
        raise Overtaken
    if admit and waiting.asked_by_id == by.person.pk:
        raise OnePersonOnly
    if admit and not stepup.is_fresh(session):
        raise StepUpNeededError
    own = waiting.asked_by_id == by.person.pk  # taking one's own wish back needs nobody else
    waiting.state = ChangeState.APPLIED if admit else ChangeState.REFUSED
    if not own:
        waiting.decided_by, waiting.decided_at = by.person, timezone.now()
    waiting.save(update_fields=["state", "decided_by", "decided_at"])
    if admit:
        _apply(insurer, waiting)
    _record(waiting, "admitted" if admit else "refused", by=by)
    return waiting


def _locked(by: Actor) -> Insurer:
    """The insurer's row, held until the end: changes come one after the other."""
    return Insurer.objects.select_for_update().get(pk=by.insurer.pk)


def _apply(insurer: Insurer, made: SettingChange) -> None:
    insurer.configuration = with_value(insurer.configuration, made.key, made.after)
    insurer.save(update_fields=["configuration"])


def _record(made: SettingChange, act: str, *, by: Actor) -> None:
    audit.record(
        f"office_rule.{act}",
        insurer_id=by.insurer.pk,
        by=by.who,
        on="office_rule",
        object_id=str(made.pk),
        reason=made.reason,
        detail={"rule": made.key, "before": str(made.before), "after": str(made.after)},
    )
