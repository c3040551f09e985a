"""The bank's answers change what became of a payment: paid, rejected, returned (INV-25). Each file counts once."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from guichet import audit, readers, storage
from guichet.casework.errors import CaseError, Overtaken
from guichet.invoices import bank_messages
from guichet.invoices.actions.common import note
from guichet.invoices.bank_messages import PAID, REJECTED, RETURNED, BankReport, Outcome
from guichet.invoices.models import BankMessage, Batch, Invoice, InvoiceEvent, Settlement, Transmission
from guichet.invoices.states import WORKFLOW, Status
from guichet.kernel.findings import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from guichet.accounts.access import Actor
    from guichet.tenancy.models import Insurer

LARGEST_MESSAGE: Final = 30 * 1024 * 1024  # bytes; some 20 000 transfers
_MOVE: Final = {PAID: "pay", REJECTED: "reject", RETURNED: "bounce"}
_ATTEMPT: Final = re.compile(r"(?P<number>.+)-(?P<attempt>[2-9]|[1-9][0-9])")
_MOST_NAMED: Final = 500  # outcomes without effect a message remembers one by one


class AlreadyRead(CaseError):
    """The very same file was read before; `message` is what was read then."""

    def __init__(self, message: BankMessage) -> None:
        super().__init__()
        self.message = message


class NotABankMessage(CaseError):
    """The file is neither pain.002 nor camt.054, or is damaged; `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class _Effect:
    """An outcome that changes its transmission's invoice."""

    outcome: Outcome
    transmission: Transmission


def read_message(data: bytes, *, insurer: Insurer, by: Actor) -> BankMessage:
    """Keep the bank's file and do what it says, all or nothing.

    Raises `AlreadyRead`, `NotABankMessage`; `storage.TooLarge` beyond `LARGEST_MESSAGE`.
    """
    try:
        report = bank_messages.read(readers.xml(data))
    except readers.Unreadable:
        raise NotABankMessage("bank_message.damaged") from None
    except Invalid as invalid:
        raise NotABankMessage(invalid.code) from None
    with transaction.atomic():
        stored = storage.put(data, insurer=insurer, limit=LARGEST_MESSAGE)
        try:
            with transaction.atomic():
                message = BankMessage.objects.create(
                    insurer=insurer,
                    kind=report.kind,
                    message_id=report.message_id,
                    file=stored,
                    sha256=stored.sha256,
                    received_by=by.person,
                )
        except IntegrityError:
            storage.destroy(stored)
            message = BankMessage.objects.get(insurer=insurer, sha256=stored.sha256)
        else:
            _apply(report, message, by=by)
            return message
    raise AlreadyRead(message)


def _apply(report: BankReport, message: BankMessage, *, by: Actor) -> None:
    outcomes = _of_the_order(report, message.insurer) if report.order_rejected else list(report.outcomes)
    known = _transmissions(message.insurer, outcomes)
    effects, left = _sorted_out(outcomes, known)
    done: Counter[str] = Counter()
    for kind in _MOVE:
        done[kind] = _settle([effect for effect in effects if effect.outcome.kind == kind], kind, message)
    message.paid, message.rejected = done[PAID], done[REJECTED] + done[RETURNED]
    message.left_alone = left[:_MOST_NAMED]
    message.save(update_fields=["paid", "rejected", "left_alone"])
    audit.record(
        "bank_message.read",
        insurer_id=message.insurer_id,
        by=by.who,
        on="bank_message",
        object_id=str(message.pk),
        detail={"kind": message.kind, **{kind: done[kind] for kind in _MOVE}, "left_alone": len(left)},
    )


def _of_the_order(report: BankReport, insurer: Insurer) -> list[Outcome]:
    """A whole order was rejected: each of its transfers was."""
    batch = Batch.objects.filter(insurer=insurer, message_id=report.order_id).first()
    if batch is None:
        return [Outcome(report.order_id, REJECTED)]
    rejected = Outcome("", REJECTED, reason_code=report.reason_code, reason_text=report.reason_text)
    rows = batch.transmissions.select_related("invoice").order_by("created_at", "id")
    return [replace(rejected, end_to_end_id=one.end_to_end_id) for one in rows]


def _transmissions(insurer: Insurer, outcomes: Iterable[Outcome]) -> dict[str, Transmission]:
    """The transfers the bank speaks of, by their id; their invoices are locked until the end of the transaction."""
    numbers = set()
    for outcome in outcomes:
        numbers.add(outcome.end_to_end_id)
        if again := _ATTEMPT.fullmatch(outcome.end_to_end_id):
            numbers.add(again["number"])
    rows = (
        Transmission.objects.filter(insurer=insurer, invoice__number__in=numbers, batch__isnull=False)
        .select_related("invoice__beneficiary")
        .select_for_update(of=("invoice",))
        .order_by("invoice_id", "attempt")
    )
    return {row.end_to_end_id: row for row in rows}


def _sorted_out(
    outcomes: Iterable[Outcome], known: dict[str, Transmission]
) -> tuple[list[_Effect], list[dict[str, Any]]]:
    """What changes something, and what does not with its reason: unknown, noted, already, earlier, state."""
    latest = {row.invoice_id: row.attempt for row in known.values()}
    effects, left, seen = [], [], set()
    for outcome in outcomes:
        row = known.get(outcome.end_to_end_id)
        move = WORKFLOW[_MOVE[outcome.kind]] if outcome.kind in _MOVE else None
        if row is None:
            code = "unknown"
        elif move is None:
            code = "noted"
        elif row.invoice.status == move.target or row.pk in seen:
            code = "already"
        elif row.attempt != latest[row.invoice_id]:
            code = "earlier"
        elif row.invoice.status not in move.sources:
            code = "state"
        else:
            seen.add(row.pk)
            effects.append(_Effect(outcome, row))
            continue
        amount = "" if outcome.amount is None else str(outcome.amount)
        left.append({"id": outcome.end_to_end_id, "code": code, "amount": amount})
    return effects, left


def _settle(effects: list[_Effect], kind: str, message: BankMessage) -> int:
    """Settlements, states, history and audit of all outcomes of one kind; how many."""
    if not effects:
        return 0
    now = timezone.now()
    move = WORKFLOW[_MOVE[kind]]
    invoices = [effect.transmission.invoice_id for effect in effects]
    changed = Invoice.objects.filter(pk__in=invoices, status__in=list(move.sources)).update(
        status=Status(move.target), changed_at=now
    )
    if changed != len(effects):
        raise Overtaken
    Settlement.objects.bulk_create(_settlement(effect, kind, message) for effect in effects)
    InvoiceEvent.objects.bulk_create(
        InvoiceEvent(
            insurer_id=message.insurer_id,
            case_id=effect.transmission.invoice_id,
            at=now,
            act=kind,
            side="platform",
            text=effect.outcome.reason_text or effect.outcome.reason_code,
        )
        for effect in effects
    )
    platform = audit.Who(role="platform")
    return audit.record_all(
        audit.Entry(
            action=f"invoice.{kind}",
            insurer_id=message.insurer_id,
            by=platform,
            on="invoice",
            object_id=str(effect.transmission.invoice_id),
            subject=effect.transmission.record["beneficiary"]["avs_number"],
            reason=effect.outcome.reason_code,
            detail={"message": str(message.pk)},
        )
        for effect in effects
    )


def _settlement(effect: _Effect, kind: str, message: BankMessage) -> Settlement:
    outcome, transmission = effect.outcome, effect.transmission
    paid = Decimal(0) if kind == REJECTED else (transmission.amount if outcome.amount is None else outcome.amount)
    return Settlement(
        insurer_id=message.insurer_id,
        affiliation_id=transmission.invoice.affiliation_id,
        transmission=transmission,
        message=message,
        kind=kind,
        amount=paid,
        booked_on=outcome.on or timezone.localdate(),
        iban=outcome.iban or transmission.record["account"]["iban"],
        reference=outcome.reference or transmission.record["reference"],
        reason_code=outcome.reason_code,
        reason_text=outcome.reason_text,
    )


@transaction.atomic
def transmit_again(invoice: Invoice, *, by: Actor) -> Transmission:
    """A rejected payment goes into the next batch once more, unchanged. Raises `Overtaken`."""
    held = Invoice.objects.select_for_update().filter(pk=invoice.pk, status=Status.REJECTED).first()
    former = invoice.transmissions.order_by("-attempt").first()
    if held is None or former is None or former.batch_id is None:
        raise Overtaken
    again = Transmission.objects.create(
        insurer_id=former.insurer_id,
        invoice=invoice,
        version_id=former.version_id,
        attempt=former.attempt + 1,
        amount=former.amount,
        record=former.record,
    )
    note(invoice, "transmit_again", by=by, recipient="Centrale de compensation", detail={"attempt": again.attempt})
    return again
