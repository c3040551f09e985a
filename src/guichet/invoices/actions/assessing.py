"""What is accepted of each line, and why not the rest (INV-23)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

from guichet.casework.errors import CaseError, ReasonMissing
from guichet.invoices.models import LineDecision
from guichet.kernel.text import clean_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from guichet.accounts.access import Actor
    from guichet.invoices.models import Invoice, InvoiceVersion
    from guichet.invoices.reasons import Said

_LONGEST: Final = 500  # characters of words at a line
_LABEL: Final = 300


class NotThatMuch(CaseError):
    """More than was asked for, less than nothing, or nothing at all of the whole invoice (422); `place` names it."""

    def __init__(self, place: str = "") -> None:
        super().__init__(place)
        self.place = place


class LineReasonMissing(ReasonMissing):
    """A line is not accepted whole and nobody says why (422)."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


@dataclass(frozen=True)
class AskedLine:
    """One computed line; `key` names it even where the form calls two of them the same."""

    key: str
    label: str
    how: str
    amount: Decimal  # CHF

    @property
    def can_be_cut(self) -> bool:
        """A deduction is not asked for, so less of it is not accepted."""
        return self.amount > 0


@dataclass(frozen=True)
class Cut:
    """What an agent accepts of a line."""

    accepted: Decimal  # CHF
    why: Said


def asked_lines(version: InvoiceVersion) -> list[AskedLine]:
    """The lines of what was sent, in their order."""
    seen: dict[str, int] = {}
    lines = []
    for line in version.computed["lines"]:
        place = str(line["place"])
        seen[place] = seen.get(place, 0) + 1
        key = place if seen[place] == 1 else f"{place}~{seen[place]}"
        lines.append(AskedLine(key, str(line["label"]), str(line["how"]), Decimal(line["amount"])))
    return lines


def accepted_total(version: InvoiceVersion, cuts: Mapping[str, Cut]) -> Decimal:
    """What is accepted in all, CHF. Raises `NotThatMuch`, `LineReasonMissing`."""
    total = Decimal(version.computed["total"])
    for line in asked_lines(version):
        cut = cuts.get(line.key)
        if cut is None or cut.accepted == line.amount:
            continue
        if not line.can_be_cut or not 0 <= cut.accepted <= line.amount:
            raise NotThatMuch(line.key)
        if not cut.why:
            raise LineReasonMissing(line.key)
        total -= line.amount - cut.accepted
    if total <= 0:
        raise NotThatMuch
    return total


def record_lines(
    invoice: Invoice, version: InvoiceVersion, cuts: Mapping[str, Cut], *, at: datetime, by: Actor
) -> None:
    """Keep the decision on every line for ever, in the transaction of the acceptance (the invoice is locked by it)."""
    lines = asked_lines(version)
    first = uuid4().int >> 16 << 16  # ids that stand in the order of the form
    before = LineDecision.objects.filter(case=invoice, version_no=version.no).order_by("-no").first()
    LineDecision.objects.bulk_create(
        LineDecision(
            id=UUID(int=first | place),
            insurer_id=invoice.insurer_id,
            case=invoice,
            version_no=version.no,
            no=before.no + 1 if before else 1,
            place=line.key,
            label=line.label[:_LABEL],
            asked=line.amount,
            decided_at=at,
            decided_by=by.person,
            **_decided(line, cuts.get(line.key)),
        )
        for place, line in enumerate(lines)
    )


def _decided(line: AskedLine, cut: Cut | None) -> dict[str, Any]:
    if cut is None or cut.accepted == line.amount:
        return {"accepted": line.amount}
    return {"accepted": cut.accepted, "reasons": cut.why.stored, "text": clean_line(cut.why.text[:_LONGEST], _LONGEST)}
