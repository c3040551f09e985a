"""Decisions of the office, and the ledger of a person, as the desk sees them (INV-10)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Case, F, FilteredRelation, Q, When

from guichet.invoices.granting import balance_words
from guichet.invoices.models import LedgerEntry, OfficeDecision, Quota, QuotaBalance
from guichet.kernel.text import searchable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from guichet.accounts.access import Actor
    from guichet.invoices.models import Invoice

_PAGE = 50
_MOST_ENTRIES = 200  # lines of history on one page
_MOST_DECISIONS = 20  # of one person, in the panel
_NOTHING = Decimal(0)


@dataclass(frozen=True)
class Panel:
    """What the case worker sees of the decision beside an invoice."""

    state: str  # "unverified", "foreign", "granted"
    decision: OfficeDecision | None
    balances: tuple[dict[str, Any], ...]  # in words, see `granting.balance_words`
    others: tuple[OfficeDecision, ...]  # the person's other decisions


def ledger_panel(actor: Actor, invoice: Invoice) -> Panel:
    """The ledger of the person's decision: for the template `invoices/desk/ledger_panel.html`, as `ledger`."""
    visible = OfficeDecision.objects.visible_to(actor).filter(archived_at=None)
    avs = invoice.beneficiary.avs_number if invoice.beneficiary else ""
    its_own = Case(When(number=invoice.decision_number, then=0), default=1)
    found = (
        _with_use(visible.filter(Q(number=invoice.decision_number) | Q(avs_number=avs)), invoice.decision_number)
        .order_by(its_own, "-valid_from", "number", F("quota_kind"), F("quota_per"), F("bucket").desc(nulls_last=True))
        [: _MOST_ENTRIES + _MOST_DECISIONS]
    )  # fmt: skip
    known = list(found)
    decision = next((one for one in known if one.number == invoice.decision_number), None)
    others = [one for one in known if one.number != invoice.decision_number and one.avs_number == avs]
    state = "unverified" if decision is None else ("granted" if decision.avs_number == avs else "foreign")
    return Panel(
        state=state,
        decision=decision if state == "granted" else None,
        balances=tuple(map(balance_words, _used(known))) if state == "granted" else (),
        others=tuple(others[:_MOST_DECISIONS]),
    )


def _with_use(decisions: QuerySet[OfficeDecision], number: str) -> QuerySet[OfficeDecision]:
    """One row for each balance or untouched quota of the decision of that number; of the others one row each."""
    own = FilteredRelation("quotas", condition=Q(number=number))
    quota = {"quota_id": F("own__id"), "quota_kind": F("own__kind"), "quota_per": F("own__per")}
    use = {name: F(f"own__balances__{name}") for name in ("bucket", "reserved", "consumed")}
    return decisions.annotate(own=own, **quota, quota_limit=F("own__limit"), **use)


def _used(rows: Iterable[Any]) -> list[QuotaBalance]:
    """The balances among the rows of `_with_use`, then an untouched one for every quota nobody used yet."""
    found = [_balance_of(row) for row in rows if row.quota_id is not None]
    return sorted(found, key=lambda balance: not balance.bucket)


def _balance_of(row: Any) -> QuotaBalance:
    quota = Quota(id=row.quota_id, kind=row.quota_kind, per=row.quota_per, limit=row.quota_limit)
    reserved, consumed = row.reserved or _NOTHING, row.consumed or _NOTHING
    return QuotaBalance(quota=quota, bucket=row.bucket or "", reserved=reserved, consumed=consumed)


def _balances(decision: OfficeDecision) -> tuple[QuotaBalance, ...]:
    """The balances, and an untouched one for every quota nobody used yet."""
    used = QuotaBalance.objects.filter(quota__decision=decision).select_related("quota")
    found = list(used.order_by("quota__kind", "quota__per", "-bucket")[:_MOST_ENTRIES])
    touched = {balance.quota_id for balance in found}
    fresh = [
        QuotaBalance(quota=quota, bucket="", reserved=_NOTHING, consumed=_NOTHING)
        for quota in decision.quotas.order_by("kind", "per")
    ]
    return (*found, *(balance for balance in fresh if balance.quota_id not in touched))


def decisions(actor: Actor, *, text: str = "", after: str = "") -> tuple[list[OfficeDecision], str]:
    """The office's decisions, the latest entered first, fifty at a time; the second value begins the next page."""
    rows = OfficeDecision.objects.visible_to(actor)
    text = text[:120].replace("\0", "").strip()
    digits = "".join(sign for sign in text if sign.isdigit())
    if digits and not any(sign.isalpha() for sign in text):
        rows = rows.filter(Q(number=digits) | Q(avs_number=digits))
    elif text:
        rows = rows.filter(search__contains=searchable(text))
    start_id = _uuid(after)
    start = OfficeDecision.objects.visible_to(actor).filter(pk=start_id).first() if start_id else None
    if start:
        rows = rows.filter(entered_at__lte=start.entered_at).filter(
            Q(entered_at__lt=start.entered_at) | Q(id__lt=start.id)
        )
    found = list(rows.order_by("-entered_at", "-id")[: _PAGE + 1])
    return found[:_PAGE], str(found[_PAGE - 1].pk) if len(found) > _PAGE else ""


def use_of(decision: OfficeDecision) -> tuple[tuple[QuotaBalance, ...], list[LedgerEntry]]:
    """The balances of a decision and the latest lines of its history."""
    entries = LedgerEntry.objects.filter(quota__decision=decision).select_related("quota", "invoice")
    return _balances(decision), list(entries.order_by("-at", "-id")[:_MOST_ENTRIES])


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
