"""Sending: exactly once, with a receipt, never to be edited afterwards (FRM-03, FRM-05, INV-07)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone, translation

from guichet import notify
from guichet.casework.errors import Blocked, NotEditable, OtherContent, Overtaken, Stale
from guichet.casework.jobs import defer
from guichet.casework.receipts import content_hash, new_receipt_code, next_number
from guichet.formspec.findings import words
from guichet.invoices import checking, duplicates
from guichet.invoices.actions import ledger
from guichet.invoices.actions.beneficiaries import remember_decision
from guichet.invoices.actions.common import note
from guichet.invoices.actions.rates import use_rates
from guichet.invoices.formtypes.base import InvoiceForm
from guichet.invoices.marks import marks_of
from guichet.invoices.models import Invoice, InvoiceVersion
from guichet.invoices.states import EDITABLE, WORKFLOW, Status
from guichet.kernel.findings import Level
from guichet.kernel.text import clean_line

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import Actor
    from guichet.formspec.reading import Reading
    from guichet.kernel.findings import Finding

_LONGEST_ANSWER = 500  # characters of a « je sais, parce que… »
_MOVED = (
    "status",
    "version_no",
    "sent_at",
    "changed_at",
    "opened_at",
    "beneficiary",
    "account",
    "decision_number",
    "period_from",
    "period_to",
    "total",
    "responsible",
    "number",
    "flags",
    "accepted_total",
    "second_by",
    "reasons",
    "avs_number",
    "tags",
    "answered",
)


@transaction.atomic
def send(invoice: Invoice, *, key: UUID, draft_no: int, answered: dict[str, str], by: Actor) -> InvoiceVersion:
    """Send the saved draft `draft_no`. The same `key` again gives the same version and does nothing else.

    `answered` holds the sender's « je sais, parce que… » by "code@place". Raises `OtherContent` (same key, another
    draft), `NotEditable` (already sent with another key, or gone), `Stale` (saved elsewhere since), `Blocked` (checks).
    """
    rows = Invoice.objects.select_for_update(of=("self",)).select_related("beneficiary")
    locked = rows.filter(pk=invoice.pk).first()
    if locked is None:
        raise NotEditable
    earlier = InvoiceVersion.objects.filter(idempotency_key=key).first()
    if earlier is not None:
        if (earlier.case_id, earlier.draft_no) == (locked.pk, draft_no):
            return earlier
        raise OtherContent
    if locked.status not in EDITABLE:
        raise NotEditable
    if locked.draft_no != draft_no:
        raise Stale
    facts = checking.known(locked, by=by)
    reading = checking.check(locked, by=by, facts=facts)
    said = {place: clean_line(text[:_LONGEST_ANSWER], _LONGEST_ANSWER) for place, text in answered.items()}
    if reading.is_blocked or not isinstance(reading.answers, InvoiceForm) or _unanswered(reading, said):
        raise Blocked(reading)
    context = checking.context_for(locked, by=by, facts=facts)
    answers = reading.answers
    reading, taken = ledger.reserve(reading, facts.office, context, said=said)
    version = _version(locked, reading, facts, key=key, answered=said, by=by)
    ledger.book(version, taken)
    _move(locked, answers, facts, version, by=by)
    _confirm(locked, version, by=by)
    defer("invoices.print_version", queue="documents", insurer_id=by.insurer.pk, version_id=str(version.pk))
    invoice.refresh_from_db()
    return version


def _unanswered(reading: Reading, answered: dict[str, str]) -> bool:
    return any(
        finding.level is Level.WARNING and not answered.get(f"{finding.code}@{finding.place}")
        for finding in reading.findings
    )


def _version(
    invoice: Invoice, reading: Reading, facts: checking.Known, *, key: UUID, answered: dict[str, str], by: Actor
) -> InvoiceVersion:
    answers = reading.answers
    assert isinstance(answers, InvoiceForm)  # noqa: S101 -- `send` refused everything else
    content = checking.content(invoice, answers, by=by, facts=facts)
    use_rates(content["computed"]["basis"])
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
        sent_at=timezone.now(),
        sent_by=by.person,
        answers=content["answers"],
        computed=content["computed"],
        snapshot={**content["snapshot"], "raw": invoice.raw, "sender": str(by.person)},
    )


def _warning(finding: Finding, answered: dict[str, str]) -> dict[str, str]:
    return {
        "code": finding.code,
        "level": str(finding.level),
        "place": finding.place,
        "text": words(finding),
        "source": finding.source,
        "answer": answered.get(f"{finding.code}@{finding.place}", ""),
    }


def _move(invoice: Invoice, answers: InvoiceForm, facts: checking.Known, version: InvoiceVersion, *, by: Actor) -> None:
    """The invoice says what its newest version says; numbered at its first sending, in the local year."""
    assert facts.beneficiary is not None  # noqa: S101 -- the checks found one
    if answers.save_decision:
        description = answers.decision_description
        remember_decision(facts.beneficiary, number=answers.decision, description=description, by=by)
    sent_at = version.sent_at
    invoice.status = WORKFLOW.check("send", status=invoice.status, side="partner").target
    invoice.version_no = version.no
    invoice.sent_at = invoice.sent_at or sent_at
    invoice.changed_at = sent_at
    invoice.opened_at = None
    invoice.beneficiary = facts.beneficiary
    invoice.account = facts.account.bank_account if facts.account else None
    invoice.decision_number = answers.decision
    invoice.period_from, invoice.period_to = answers.period()
    invoice.total = Decimal(version.computed["total"])
    invoice.responsible = by.person
    invoice.number = invoice.number or next_number(by.insurer, timezone.localtime(sent_at).year)
    invoice.avs_number, invoice.tags = facts.beneficiary.avs_number, sorted(answers.tags())
    invoice.answered = sum(1 for warning in version.warnings if warning["answer"])
    invoice.flags = marks_of(invoice, version, repeated=_is_repeated(invoice, answers, facts))
    invoice.accepted_total = invoice.second_by = None
    invoice.reasons = {}
    invoice.save(update_fields=_MOVED)
    note(invoice, "sent", by=by, amount=invoice.total, detail={"version": version.no, "hash": version.content_hash})


def _is_repeated(invoice: Invoice, answers: InvoiceForm, facts: checking.Known) -> bool:
    """Whether anybody claims this already, told to the sender or not."""
    assert invoice.total is not None  # noqa: S101 -- just set
    return duplicates.is_repeated(duplicates.claim_for(answers, invoice.total), facts.earlier)


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
    ledger.release(invoice)
    note(invoice, "withdrawn", by=by)
