"""Sending: exactly once, with a receipt, never to be edited afterwards (FRM-03, FRM-05, INV-07)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone, translation

from guichet import notify
from guichet.casework.errors import Blocked, NotEditable, OtherContent, Overtaken, Stale
from guichet.casework.jobs import defer
from guichet.casework.receipts import content_hash, new_receipt_code, next_number
from guichet.formspec.findings import words
from guichet.formspec.reading import Reading
from guichet.invoices import checking
from guichet.invoices.actions.beneficiaries import remember_decision
from guichet.invoices.actions.common import note
from guichet.invoices.formtypes.base import BENEFICIARY_ACCOUNT, InvoiceForm
from guichet.invoices.models import Invoice, InvoiceVersion
from guichet.invoices.states import EDITABLE, WORKFLOW, Status
from guichet.kernel.findings import Level

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from guichet.accounts.access import Actor


@transaction.atomic
def send(invoice: Invoice, *, key: UUID, draft_no: int, answered: dict[str, str], by: Actor) -> InvoiceVersion:
    """Send the saved draft `draft_no`. The same `key` again gives the same version and does nothing else.

    `answered` holds the sender's « je sais, parce que… » by "code@place". Raises `OtherContent` (same key, another
    draft), `NotEditable` (already sent with another key), `Stale` (saved elsewhere since), `Blocked` (checks).
    """
    locked = Invoice.objects.select_for_update(of=("self",)).get(pk=invoice.pk)
    earlier = InvoiceVersion.objects.filter(idempotency_key=key).first()
    if earlier is not None:
        if (earlier.case_id, earlier.draft_no) == (locked.pk, draft_no):
            return earlier
        raise OtherContent
    if locked.status not in EDITABLE:
        raise NotEditable
    if locked.draft_no != draft_no:
        raise Stale
    reading = checking.check(locked, by=by)
    if reading.is_blocked or not isinstance(reading.answers, InvoiceForm) or _unanswered(reading, answered):
        raise Blocked(reading)
    return _send(locked, reading, key=key, answered=answered, by=by)


def _unanswered(reading: Reading, answered: dict[str, str]) -> bool:
    return any(
        finding.level is Level.WARNING and not answered.get(f"{finding.code}@{finding.place}", "").strip()
        for finding in reading.findings
    )


def _send(
    invoice: Invoice, reading: Reading, *, key: UUID, answered: dict[str, str], by: Actor
) -> InvoiceVersion:
    now = timezone.now()
    answers = reading.answers
    assert isinstance(answers, InvoiceForm)  # noqa: S101 -- `send` refused everything else
    beneficiary, account = checking.parties(invoice, answers, by=by)
    if answers.save_decision:
        remember_decision(beneficiary, number=answers.decision, description=answers.decision_description, by=by)
    version = _version(invoice, reading, key=key, answered=answered, now=now, by=by)
    first, last = answers.period()
    move = WORKFLOW.check("send", status=invoice.status, side="partner")
    Invoice.objects.filter(pk=invoice.pk).update(
        status=move.target,
        number=invoice.number or next_number(by.insurer, timezone.localtime(now).year),
        version_no=version.no,
        sent_at=invoice.sent_at or now,
        changed_at=now,
        opened_at=None,
        beneficiary=beneficiary,
        account=None if answers.account == BENEFICIARY_ACCOUNT else account,
        decision_number=answers.decision,
        period_from=first,
        period_to=last,
        total=version.computed["total"],
        responsible=by.person,
    )
    invoice.refresh_from_db()
    note(invoice, "sent", by=by, detail={"version": version.no, "hash": version.content_hash})
    _confirm(invoice, version, by=by)
    defer("invoices.print_version", queue="documents", insurer_id=by.insurer.pk, version_id=str(version.pk))
    return version


def _version(
    invoice: Invoice, reading: Reading, *, key: UUID, answered: dict[str, str], now: datetime, by: Actor
) -> InvoiceVersion:
    answers = reading.answers
    assert isinstance(answers, InvoiceForm)  # noqa: S101
    content = checking.content(invoice, answers, by=by)
    return InvoiceVersion.objects.create(
        insurer=by.insurer,
        case=invoice,
        no=invoice.version_no + 1,
        idempotency_key=key,
        draft_no=invoice.draft_no,
        warnings=[_warning(finding, answered) for finding in reading.findings if finding.level is not Level.BLOCKING],
        content_hash=content_hash(content),
        receipt_code=new_receipt_code(),
        language=(translation.get_language() or "fr")[:2],
        sent_at=now,
        sent_by=by.person,
        answers=content["answers"],
        computed=content["computed"],
        snapshot={**content["snapshot"], "raw": invoice.raw},
    )


def _warning(finding: Any, answered: dict[str, str]) -> dict[str, str]:
    return {
        "code": finding.code,
        "level": str(finding.level),
        "place": finding.place,
        "text": words(finding),
        "source": finding.source,
        "answer": answered.get(f"{finding.code}@{finding.place}", "").strip()[:500],
    }


def _confirm(invoice: Invoice, version: InvoiceVersion, *, by: Actor) -> None:
    notify.mail(
        "invoices/sent",
        insurer=by.insurer,
        to=by.person.email,
        language=by.person.language,
        context={"invoice_number": invoice.number, "path": f"/{by.insurer.slug}/factures/{invoice.pk}/"},
        key=f"invoice-sent-{version.pk}",
    )


@transaction.atomic
def withdraw(invoice: Invoice, *, by: Actor) -> None:
    """Take an invoice back before an agent opened it; the number is kept (INV-28). Raises `Overtaken` otherwise."""
    now = timezone.now()
    changed = Invoice.objects.filter(pk=invoice.pk, status=Status.IN_REVIEW, opened_at=None).update(
        status=WORKFLOW["withdraw"].target, changed_at=now
    )
    if not changed:
        raise Overtaken
    invoice.refresh_from_db()
    note(invoice, "withdrawn", by=by)
