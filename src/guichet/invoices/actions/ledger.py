"""What invoices take of a decision's quotas: reserved at sending, consumed at acceptance, else given back (INV-10).

A balance moves by one conditional UPDATE, so of any number of senders at once only as many get through as fit; who
comes too late reads the warning and explains, or does not send. All balances are locked in one order.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import DecimalField, ExpressionWrapper, F, Value
from django.utils import timezone

from guichet.casework.errors import Blocked
from guichet.invoices import granting, receipt
from guichet.invoices.formtypes.base import Computation, ComputedLine
from guichet.invoices.models import (
    Invoice,
    InvoiceVersion,
    LedgerAct,
    LedgerEntry,
    LineDecision,
    Quota,
    QuotaBalance,
)
from guichet.invoices.states import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from guichet.formspec.reading import Reading
    from guichet.invoices.formtypes.base import Context, Use
    from guichet.invoices.models import OfficeDecision

_ZERO = Decimal("0.00")
_QUANTITY: DecimalField[Decimal, Decimal] = DecimalField(max_digits=14, decimal_places=2)
_MOST_SENT = 1_000  # invoices under one number that are recorded when the office enters it
_HELD = frozenset({Status.IN_REVIEW, Status.AWAITING_SECOND})
_TAKEN = frozenset({Status.ACCEPTED, Status.TRANSMITTED, Status.PAID, Status.REJECTED})


@dataclass(frozen=True)
class Taken:
    """A quantity of a balance that was reserved in this transaction."""

    want: granting.Want
    over: bool


def reserve(
    reading: Reading, office: granting.Office, context: Context, *, said: Mapping[str, str]
) -> tuple[Reading, tuple[Taken, ...]]:
    """Take what the answers use, in the transaction of the sending. Raises `Blocked` for what goes over unexplained.

    The page was read earlier: what counts is what the database says now.
    """
    taken, found = [], []
    for want in granting.wants(office.quotas, granting.uses_of(reading.answers, context)):
        if _add(want, within=True):
            taken.append(Taken(want, over=False))
            continue
        finding = granting.over(_now(want))
        found.append(finding)
        if said.get(f"{finding.code}@{finding.place}"):
            _add(want, within=False)
            taken.append(Taken(want, over=True))
    kept = tuple(finding for finding in reading.findings if not finding.code.startswith("ledger.over."))
    reading = replace(reading, findings=(*kept, *found))
    if len(found) > sum(one.over for one in taken):
        raise Blocked(reading)
    return reading, tuple(taken)


def _add(want: granting.Want, *, within: bool) -> bool:
    """One conditional UPDATE on the balance; of a new month or year the balance is made first."""
    fits = QuotaBalance.objects.filter(quota=want.quota, bucket=want.bucket)
    if within:
        room = Value(want.quota.limit - want.quantity) - F("consumed")
        fits = fits.filter(reserved__lte=ExpressionWrapper(room, output_field=_QUANTITY))
    if fits.update(reserved=F("reserved") + want.quantity):
        return True
    fresh = QuotaBalance(insurer_id=want.quota.insurer_id, quota=want.quota, bucket=want.bucket)
    QuotaBalance.objects.bulk_create([fresh], ignore_conflicts=True)  # two first invoices at once
    return bool(fits.update(reserved=F("reserved") + want.quantity))


def _taken(want: granting.Want) -> Taken:
    """Within the limit if it fits, beyond it otherwise."""
    over = not _add(want, within=True)
    if over:
        _add(want, within=False)
    return Taken(want, over)


def _now(want: granting.Want) -> granting.Line:
    balance = QuotaBalance.objects.filter(quota=want.quota, bucket=want.bucket).first()
    consumed, reserved = (balance.consumed, balance.reserved) if balance else (_ZERO, _ZERO)
    return granting.Line(want.quota, want.bucket, consumed, reserved, want.quantity)


def book(version: InvoiceVersion, taken: Iterable[Taken]) -> None:
    """Write down for the version what `reserve` took."""
    _write(
        version, LedgerAct.RESERVED, [(one.want.quota, one.want.bucket, one.want.quantity, one.over) for one in taken]
    )


def settle(invoice: Invoice, *, accepted: Computation | None = None) -> None:
    """Consume what was accepted (by the desk's line decisions, unless `accepted` says so), release the rest.

    In the transaction of the acceptance, after the invoice itself has moved.
    """
    outstanding = _outstanding(invoice)
    if not outstanding:
        return
    version = _current(invoice)
    accepted = accepted or _line_decisions(version)
    most = None if accepted is None else _accepted(version, accepted, invoice)
    for (quota, bucket), (reserved, _consumed) in outstanding.items():
        used = reserved if most is None else min(reserved, most.get((quota.pk, bucket), _ZERO))
        _change(quota, bucket, reserved=-reserved, consumed=used)
        _write(version, LedgerAct.CONSUMED, [(quota, bucket, used, False)])
        _write(version, LedgerAct.RELEASED, [(quota, bucket, reserved - used, False)])


def release(invoice: Invoice) -> None:
    """Give back whatever the invoice holds: at a correction, a refusal, a withdrawal, a rejection by the Centrale."""
    outstanding = _outstanding(invoice)
    if not outstanding:
        return
    version = _current(invoice)
    for (quota, bucket), (reserved, consumed) in outstanding.items():
        _change(quota, bucket, reserved=-reserved, consumed=-consumed)
        _write(version, LedgerAct.RELEASED, [(quota, bucket, reserved, False)])
        _write(version, LedgerAct.RETURNED, [(quota, bucket, consumed, False)])


def record_sent(decision: OfficeDecision) -> int:
    """Record what was sent under this number before the office entered it; the number of invoices recorded.

    Nobody could know a limit then: what goes beyond is recorded as over and shown to the case worker.
    """
    sent = Invoice.objects.filter(
        insurer_id=decision.insurer_id,
        avs_number=decision.avs_number,
        decision_number=decision.number,
        status__in=[*_HELD, *_TAKEN],
        ledger=None,
        erased_at=None,
    )
    quotas = tuple(decision.quotas.all())
    recorded = 0
    for invoice in sent.select_for_update(of=("self",)).order_by("sent_at", "id")[:_MOST_SENT]:
        version = _current(invoice)
        wanted = granting.wants(quotas, _uses(version))
        book(version, [_taken(want) for want in wanted])
        if invoice.status in _TAKEN:
            settle(invoice)
        recorded += 1
    return recorded


def _current(invoice: Invoice) -> InvoiceVersion:
    return InvoiceVersion.objects.select_related("case").get(case=invoice, no=invoice.version_no)


def _uses(version: InvoiceVersion, computation: Computation | None = None) -> tuple[Use, ...]:
    answers = receipt.answers_of(version)
    said = version.computed.get("lines", [])
    lines = (ComputedLine(one["place"], one["label"], Decimal(one["amount"]), one["how"]) for one in said)
    return answers.uses(computation or Computation(tuple(lines)))


def _line_decisions(version: InvoiceVersion) -> Computation | None:
    """What the desk accepted of each line; None if it decided on no line."""
    decided = LineDecision.objects.filter(case_id=version.case_id, version_no=version.no).order_by("-no", "place")
    newest = list(decided)
    latest = [one for one in newest if one.no == newest[0].no]
    lines = (ComputedLine(one.place.partition("~")[0], one.label, one.accepted, "") for one in latest)
    return Computation(tuple(lines)) if latest else None


def _accepted(version: InvoiceVersion, accepted: Computation, invoice: Invoice) -> dict[tuple[UUID, str], Decimal]:
    quotas = Quota.objects.filter(decision__number=invoice.decision_number, insurer_id=invoice.insurer_id)
    return {(want.quota.pk, want.bucket): want.quantity for want in granting.wants(quotas, _uses(version, accepted))}


def _outstanding(invoice: Invoice) -> dict[tuple[Quota, str], tuple[Decimal, Decimal]]:
    """What the invoice holds now by quota and bucket: reserved and consumed, in the order everybody locks them."""
    sums: dict[tuple[Quota, str], list[Decimal]] = defaultdict(lambda: [_ZERO, _ZERO])
    for entry in LedgerEntry.objects.filter(invoice=invoice).select_related("quota").order_by("at", "id"):
        held = sums[entry.quota, entry.bucket]
        match entry.act:
            case LedgerAct.RESERVED:
                held[0] += entry.quantity
            case LedgerAct.CONSUMED:
                held[0] -= entry.quantity
                held[1] += entry.quantity
            case LedgerAct.RELEASED:
                held[0] -= entry.quantity
            case LedgerAct.RETURNED:
                held[1] -= entry.quantity
    ordered = sorted(sums.items(), key=lambda item: (str(item[0][0].pk), item[0][1]))
    return {place: (reserved, consumed) for place, (reserved, consumed) in ordered if reserved or consumed}


def _change(quota: Quota, bucket: str, *, reserved: Decimal, consumed: Decimal) -> None:
    QuotaBalance.objects.filter(quota=quota, bucket=bucket).update(
        reserved=F("reserved") + reserved, consumed=F("consumed") + consumed
    )


def _write(version: InvoiceVersion, act: str, rows: Iterable[tuple[Quota, str, Decimal, bool]]) -> None:
    now = timezone.now()
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            insurer_id=version.insurer_id,
            invoice_id=version.case_id,
            version=version,
            quota=quota,
            bucket=bucket,
            act=act,
            quantity=quantity,
            over=over,
            at=now,
        )
        for quota, bucket, quantity, over in rows
        if quantity > 0
    )
