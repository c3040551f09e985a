"""The hand-over of accepted invoices to the Centrale: an immutable record each, in one batch, once (INV-25)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from guichet import audit, storage
from guichet.casework.errors import CaseError
from guichet.invoices import pain001
from guichet.invoices.actions import bills
from guichet.invoices.models import Batch, Invoice, InvoiceEvent, Transmission
from guichet.invoices.states import WORKFLOW, Status
from guichet.kernel import bank, holidays
from guichet.kernel.address import Address
from guichet.tenancy.rounds import every_insurer

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from guichet.accounts.access import Actor
    from guichet.accounts.models import Person
    from guichet.invoices.models import InvoiceVersion
    from guichet.tenancy.models import Insurer

_MOST = 5_000  # transfers in one file; the standard allows 99 999
_MOST_SHOWN = 1_000  # waiting transfers a page looks at
_LATEST = timedelta(hours=4)  # after `batch_time`, for a worker that was down; then it is tomorrow's
_LIMIT = 64 * 1024 * 1024  # bytes


class NothingToPay(CaseError):
    """No accepted invoice waits for its batch."""


class DebtorMissing(CaseError):
    """The insurer has not configured the account the Centrale pays from."""


def record_transmission(invoice: Invoice, *, by: Actor) -> Transmission:
    """Freeze what is to be paid, in the transaction of the acceptance."""
    version = invoice.versions.get(no=invoice.version_no)
    said = version.snapshot
    transmission = Transmission.objects.create(
        insurer_id=invoice.insurer_id,
        invoice=invoice,
        version=version,
        attempt=1 if version.no == 1 else invoice.transmissions.count() + 1,  # a first version was never rejected
        amount=invoice.accepted_total or Decimal(version.computed["total"]),
        record={
            "number": invoice.number,
            "form": invoice.form_code,
            "decision": invoice.decision_number,
            "account": said["account"],
            "reference": said["reference"],
            "beneficiary": said["beneficiary"],
            "supplier_number": version.answers.get("supplier_number", ""),
            "content_hash": version.content_hash,
            "receipt_code": version.receipt_code,
            "bill": bills.facts(invoice, version, _accepted(invoice, version)),
        },
    )
    audit.record(
        "transmission.recorded",
        insurer_id=invoice.insurer_id,
        by=by.who,
        on="transmission",
        object_id=str(transmission.pk),
        subject=said["beneficiary"]["avs_number"],
        recipient="Centrale de compensation",
        legal_basis="RAI 79",
    )
    return transmission


def _accepted(invoice: Invoice, version: InvoiceVersion) -> dict[str, Decimal]:
    """What the desk accepted of each line, if not all (INV-23); the last assessment counts."""
    if invoice.accepted_total in {None, Decimal(version.computed["total"])}:
        return {}
    lines = invoice.line_decisions.filter(version_no=version.no).order_by("no")
    return {line.place: line.accepted for line in lines}


@transaction.atomic
def make_batch(insurer: Insurer, *, by: Actor | None = None) -> Batch:
    """One pain.001 file of all that waits; each transmission goes into one batch, once.

    Two at once share nothing: rows another one holds are skipped. What no bank would take waits for a human being
    (`left_out`) and stops nobody else's money. Raises `NothingToPay`, `DebtorMissing`.
    """
    debtor = insurer.setting("debtor")
    if not debtor.get("iban") or bank.is_qr_iban(debtor["iban"]):
        raise DebtorMissing
    locked = waiting(insurer).select_for_update(skip_locked=True, of=("self", "invoice"))
    transmissions = [one for one in locked[:_MOST] if not pain001.fault(_payment(one))]
    if not transmissions:
        raise NothingToPay
    order = _order(insurer, debtor, transmissions)
    archive, without_bill = bills.archive(insurer, transmissions)
    batch = Batch.objects.create(
        insurer=insurer,
        message_id=order.message_id,
        execution_date=order.execution_date,
        count=len(transmissions),
        control_sum=order.control_sum,
        file=storage.put(pain001.write(order), insurer=insurer, limit=_LIMIT),
        bills=storage.put(archive, insurer=insurer, limit=_LIMIT) if len(without_bill) < len(transmissions) else None,
        without_bill=without_bill,
        created_by=by.person if by else None,
    )
    Transmission.objects.filter(pk__in=[one.pk for one in transmissions], batch=None).update(batch=batch)
    _mark_transmitted(transmissions, by.person if by else None)
    audit.record(
        "batch.made",
        insurer_id=insurer.pk,
        by=by.who if by else audit.Who(role="platform"),
        on="batch",
        object_id=str(batch.pk),
        recipient="Centrale de compensation",
        detail={"count": batch.count, "control_sum": str(batch.control_sum)},
    )
    return batch


def left_out(insurer: Insurer) -> list[tuple[Transmission, str]]:
    """What waits and can go into no file, with the reason's code: for the page of the batches (INV-25)."""
    faults = [(one, pain001.fault(_payment(one))) for one in waiting(insurer)[:_MOST_SHOWN]]
    return [(one, code) for one, code in faults if code]


def waiting(insurer: Insurer) -> QuerySet[Transmission]:
    """Of invoices that still are to be paid: one that is being corrected is not paid by its former record."""
    payable = list(WORKFLOW["transmit"].sources)
    rows = Transmission.objects.filter(insurer=insurer, batch=None, invoice__status__in=payable)
    return rows.select_related("invoice").order_by("created_at", "id")


def _mark_transmitted(transmissions: list[Transmission], person: Person | None) -> None:
    now = timezone.now()
    move = WORKFLOW["transmit"]
    invoices = [one.invoice_id for one in transmissions]
    Invoice.objects.filter(pk__in=invoices, status__in=list(move.sources)).update(
        status=Status(move.target), changed_at=now
    )
    InvoiceEvent.objects.bulk_create(
        InvoiceEvent(
            insurer_id=one.insurer_id, case_id=one.invoice_id, at=now, act="transmitted", person=person, side="platform"
        )
        for one in transmissions
    )


def _order(insurer: Insurer, debtor: dict[str, str], waiting: list[Transmission]) -> pain001.Order:
    today = timezone.localdate()
    return pain001.Order(
        message_id=f"GUICHET-{insurer.number_prefix}-{today:%Y%m%d}-{uuid4().hex[:10].upper()}",
        created_at=timezone.localtime(),
        execution_date=holidays.add_working_days(today, 1, insurer.canton or "GE"),
        debtor=debtor["name"],
        debtor_iban=debtor["iban"],
        debtor_bic=debtor.get("bic", ""),
        payments=[_payment(one) for one in waiting],
    )


def _payment(transmission: Transmission) -> pain001.Payment:
    record: dict[str, Any] = transmission.record
    account = record["account"]
    said = f"{record['number']} {record['supplier_number']}".strip()
    return pain001.Payment(
        end_to_end_id=transmission.end_to_end_id,
        amount=transmission.amount,
        creditor=account["holder"],
        address=Address(**account["address"]),
        iban=account["iban"],
        reference=record["reference"],
        text=said,
    )


def make_due_batches(timestamp: int) -> int:
    """Today's batch of every insurer whose `batch_time` (Europe/Zurich) has passed; how many were made.

    One insurer's trouble keeps nobody else waiting; it is raised once all others had their turn.
    """
    now = timezone.localtime(datetime.fromtimestamp(timestamp, tz=UTC))
    return sum(every_insurer(lambda insurer: _make_if_due(insurer, now)))


def _make_if_due(insurer: Insurer, now: datetime) -> int:
    due = last_due(time.fromisoformat(insurer.setting("batch_time")), now)
    if "invoices" not in insurer.systems or not due <= now.astimezone(UTC) < due + _LATEST:
        return 0
    if Batch.objects.filter(insurer=insurer, created_by=None, created_at__gte=due).exists():
        return 0
    try:
        make_batch(insurer)
    except (NothingToPay, DebtorMissing):
        return 0
    return 1


def last_due(at: time, now: datetime) -> datetime:
    """When the clock on the wall last said `at`, in UTC: once a day also when clocks jump an hour."""
    day = now.date() if now.time() >= at else now.date() - timedelta(days=1)
    return datetime.combine(day, at, tzinfo=now.tzinfo).astimezone(UTC)
