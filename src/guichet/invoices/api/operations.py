"""The operations: each is an act or a query of the pages, for the affiliation of the key."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, cast
from uuid import UUID, uuid5

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from ninja import File, Header, Router, Status
from ninja.files import UploadedFile
from pydantic import Field

from guichet import audit, storage
from guichet.accounts.models import BankAccount
from guichet.casework.errors import Blocked, FileRefused, NotEditable, OtherContent, Stale
from guichet.formspec import registry
from guichet.formspec.declare import table
from guichet.formspec.findings import words
from guichet.formspec.reading import LONGEST_TEXT, MOST_ROWS
from guichet.invoices import checking, queries
from guichet.invoices.actions import beneficiaries, drafts, printing, sending
from guichet.invoices.api import shapes
from guichet.invoices.api.auth import Key
from guichet.invoices.forms import BeneficiaryForm
from guichet.invoices.formtypes.base import BENEFICIARY_ACCOUNT, InvoiceForm
from guichet.invoices.models import Invoice, InvoiceVersion
from guichet.kernel.findings import Finding, Invalid
from guichet.tenancy.rows import one_or_none

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from guichet.accounts.access import Actor
    from guichet.formspec.declare import FormType
    from guichet.formspec.reading import Raw, Reading

router = Router()
READ, SEND = Key("read"), Key("send")
_SENDINGS = UUID("6f6cbd3e-0c56-4f0b-9d5a-0f0b5a1f8a11")  # namespace of the keys of sendings
_REFUSED = {401: shapes.ErrorOut, 403: shapes.ErrorOut, 404: shapes.ErrorOut, 429: shapes.ErrorOut}
_CONFLICT = {**_REFUSED, 409: shapes.ErrorOut, 422: shapes.ErrorOut}


class Refused(Exception):
    """An answer that is no success, in the shape of `ErrorOut`."""

    def __init__(self, status: int, code: str, text: str, findings: Iterable[Finding] = ()) -> None:
        super().__init__(code)
        self.status, self.code, self.text, self.findings = status, code, text, tuple(findings)


@router.get("/form-types", response={200: list[shapes.FormTypeOut], **_REFUSED}, auth=READ, url_name="form_types")
def form_types(request: HttpRequest) -> list[dict[str, Any]]:
    """The official forms with the JSON schema of their answers."""
    del request
    return [_form(form) for form in map(registry.current, registry.codes())]


def _form(form: type[FormType]) -> dict[str, Any]:
    schema = form.model_json_schema()
    return {"code": form.code, "edition": form.edition, "title": str(form.title), "answers_schema": schema}


@router.get("/accounts", response={200: list[shapes.AccountOut], **_REFUSED}, auth=READ, url_name="accounts")
def accounts(request: HttpRequest) -> list[dict[str, str]]:
    """The company's bank accounts, and the beneficiary's own."""
    kept = BankAccount.objects.filter(affiliation=_actor(request).affiliation, archived_at=None)
    found = [
        {"value": f"{checking.COMPANY_ACCOUNT}{account.pk}", "iban": account.iban, "holder": account.holder}
        for account in kept.order_by("created_at", "id")
    ]
    return [*found, {"value": BENEFICIARY_ACCOUNT, "iban": "", "holder": ""}]


@router.get("/beneficiaries", response={200: shapes.BeneficiaryPage, **_REFUSED}, auth=READ, url_name="beneficiaries")
def list_beneficiaries(request: HttpRequest, number: str = "", after: str = "") -> dict[str, Any]:
    """The company's insured persons by name, or the one with an AVS number."""
    rows, following = queries.beneficiaries(_actor(request), number=number[:20], after=after[:36])
    return {"items": rows, "next": following}


@router.post(
    "/beneficiaries", response={201: shapes.BeneficiaryOut, **_CONFLICT}, auth=SEND, url_name="beneficiary_add"
)
def add_beneficiary(request: HttpRequest, body: shapes.BeneficiaryIn) -> Status[Any]:
    """Add an insured person; 409 if there is one with this AVS number."""
    form = BeneficiaryForm(body.dict())
    if not form.is_valid():
        raise Refused(
            422, "beneficiary.invalid", " ".join(f"{name}: {texts[0]}" for name, texts in form.errors.items())
        )
    facts = {name: form.cleaned_data[name] for name in shapes.BeneficiaryIn.model_fields}
    try:
        return Status(HTTPStatus.CREATED, beneficiaries.add_beneficiary(facts=facts, by=_actor(request)))
    except beneficiaries.AlreadyThere:
        raise Refused(409, "beneficiary.there", "This AVS number is on the list already.") from None


@router.get("/invoices", response={200: shapes.InvoicePage, **_REFUSED}, auth=READ, url_name="invoices")
def list_invoices(request: HttpRequest, status: str = "", after: str = "") -> dict[str, Any]:
    """What was sent, the latest first; fifty at a time, at the same cost on every page."""
    filters = queries.Filters(responsible="", beneficiary="", status=status[:20])
    page = queries.history(_actor(request), filters, after=after[:300])
    return {"items": [_said(invoice) for invoice in page.rows], "next": page.next}


@router.post("/invoices", response={201: shapes.InvoiceOut, **_CONFLICT}, auth=SEND, url_name="invoice_add")
def add_invoice(request: HttpRequest, body: shapes.DraftIn) -> Status[Any]:
    """Open a draft; nothing is sent. 422 if there is no such form."""
    if body.form not in registry.codes():
        raise Refused(422, "form.unknown", "There is no such form.")
    raw = raw_of(registry.current(body.form), body.answers)
    return Status(HTTPStatus.CREATED, _said(drafts.open_draft(code=body.form, raw=raw, by=_actor(request))))


@router.get("/invoices/{uuid:invoice_id}", response={200: shapes.InvoiceOut, **_REFUSED}, auth=READ, url_name="invoice")
def one_invoice(request: HttpRequest, invoice_id: UUID) -> dict[str, Any]:
    """Where an invoice stands."""
    return _said(_invoice(request, invoice_id))


@router.post(
    "/invoices/{uuid:invoice_id}/answers",
    response={200: shapes.InvoiceOut, **_CONFLICT},
    auth=SEND,
    url_name="invoice_answers",
)
def save_answers(request: HttpRequest, invoice_id: UUID, body: shapes.AnswersIn) -> dict[str, Any]:
    """Replace the answers of a draft or of a correction; 409 if it was saved elsewhere or sent."""
    invoice = _invoice(request, invoice_id)
    raw = raw_of(checking.form_of(invoice), body.answers)
    try:
        drafts.save_draft(invoice, raw=raw, draft_no=body.draft_no, by=_actor(request))
    except Stale:
        raise Refused(409, "invoice.stale", "The draft was saved elsewhere in the meantime.") from None
    except NotEditable:
        raise Refused(409, "invoice.sent", "The invoice was sent.") from None
    return _said(_invoice(request, invoice_id))


@router.post(
    "/invoices/{uuid:invoice_id}/documents",
    response={201: shapes.DocumentOut, **_CONFLICT, 413: shapes.ErrorOut, 415: shapes.ErrorOut, 503: shapes.ErrorOut},
    auth=SEND,
    url_name="invoice_documents",
)
def attach(request: HttpRequest, invoice_id: UUID, file: File[UploadedFile]) -> Status[Any]:
    """Attach a document: PDF, JPG or PNG, 20 MB at most."""
    invoice = _invoice(request, invoice_id)
    try:
        source = cast("BinaryIO", file.file)
        return Status(
            HTTPStatus.CREATED, drafts.attach(invoice, source=source, name=file.name or "", by=_actor(request))
        )
    except FileRefused as refused:
        raise Refused(refused.status, "file.refused", refused.text) from None
    except storage.NoRoom:
        raise Refused(503, "storage.full", "There is no room for the file at the moment. Try again later.") from None
    except NotEditable:
        raise Refused(409, "invoice.sent", "The invoice was sent.") from None


@router.get(
    "/invoices/{uuid:invoice_id}/check",
    response={200: shapes.CheckOut, **_REFUSED},
    auth=READ,
    url_name="invoice_check",
)
def check(request: HttpRequest, invoice_id: UUID) -> dict[str, Any]:
    """All checks of what is saved; nothing is changed."""
    invoice, by = _invoice(request, invoice_id), _actor(request)
    facts = checking.known(invoice, by=by)
    reading = checking.check(invoice, by=by, facts=facts)
    return {
        "sendable": not reading.is_blocked,
        "total": _total(invoice, reading, facts, by=by),
        "findings": [_finding(finding) for finding in reading.findings],
    }


@router.post(
    "/invoices/{uuid:invoice_id}/send",
    response={200: shapes.InvoiceOut, **_CONFLICT},
    auth=SEND,
    url_name="invoice_send",
)
def send(
    request: HttpRequest,
    invoice_id: UUID,
    body: shapes.SendIn,
    idempotency_key: Header[Annotated[str, Field(min_length=8, max_length=200)]],
) -> dict[str, Any]:
    """Send what is saved, exactly once: the same Idempotency-Key again gives the same answer and does nothing else."""
    invoice, by = _invoice(request, invoice_id), _actor(request)
    key = uuid5(_SENDINGS, f"{invoice.affiliation_id}:{idempotency_key}")
    try:
        sending.send(invoice, key=key, draft_no=body.draft_no, answered=dict(body.answers), by=by)
    except Blocked as blocked:
        raise Refused(422, "invoice.blocked", "The checks found something.", blocked.reading.findings) from None
    except Stale:
        raise Refused(409, "invoice.stale", "The draft was saved elsewhere in the meantime.") from None
    except NotEditable:
        raise Refused(409, "invoice.sent", "The invoice was sent with another key.") from None
    except OtherContent:
        raise Refused(409, "idempotency.other", "This Idempotency-Key was used for another content.") from None
    return _said(_invoice(request, invoice_id))


@router.get("/invoices/{uuid:invoice_id}/pdf", response={200: None, **_REFUSED}, auth=READ, url_name="invoice_pdf")
def pdf(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    """The copy of what was sent last; recorded."""
    invoice, by = _invoice(request, invoice_id), _actor(request)
    versions = InvoiceVersion.objects.select_related("case", "insurer", "sent_by", "pdf")
    version = one_or_none(versions.filter(case=invoice, no=invoice.version_no))
    if version is None:
        raise Http404
    with transaction.atomic():
        audit.record(
            "invoice.pdf_read",
            insurer_id=invoice.insurer_id,
            by=by.who,
            on="invoice",
            object_id=str(invoice.pk),
            subject=version.snapshot["beneficiary"]["avs_number"],
            recipient=str(by.person.pk),
        )
    return HttpResponse(printing.pdf_of(version), content_type="application/pdf")


def raw_of(form_type: type[FormType], answers: Mapping[str, Any]) -> Raw:
    """Answers as somebody would have typed them; unknown names are left out (mass assignment)."""
    raw: Raw = {}
    for name, value in answers.items():
        info = form_type.model_fields.get(name)
        if info is None:
            continue
        row = table(info)
        if row is None:
            raw[name] = _typed(value)
        elif isinstance(value, list):
            lines = [line for line in value if isinstance(line, dict)][:MOST_ROWS]
            raw[name] = [{key: _typed(one) for key, one in line.items() if key in row.model_fields} for line in lines]
    return raw


def _typed(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else ""
    return "" if value is None else str(value)[:LONGEST_TEXT].replace("\0", "")


def _actor(request: HttpRequest) -> Actor:
    return cast("Actor", request.auth)  # type: ignore[attr-defined]


def _invoice(request: HttpRequest, invoice_id: UUID) -> Invoice:
    """The invoice if it is the company's; otherwise it does not exist (404)."""
    by = _actor(request)
    invoice = one_or_none(Invoice.objects.visible_to(by).filter(pk=invoice_id).select_related("beneficiary"))
    if invoice is None or by.affiliation is None:
        raise Http404
    invoice.insurer, invoice.affiliation = by.insurer, by.affiliation
    return invoice


def _said(invoice: Invoice | queries.Line) -> dict[str, Any]:
    return {
        "id": invoice.pk,
        "form": invoice.form_code,
        "edition": invoice.edition,
        "number": invoice.number,
        "status": invoice.status,
        "draft_no": invoice.draft_no,
        "total": None if invoice.total is None else str(invoice.total),
        "beneficiary": invoice.beneficiary_id,
        "decision_number": invoice.decision_number,
        "period_from": invoice.period_from,
        "period_to": invoice.period_to,
        "sent_at": invoice.sent_at,
        "changed_at": invoice.changed_at,
        "message": invoice.message,
    }


def _total(invoice: Invoice, reading: Reading, facts: checking.Known, *, by: Actor) -> str | None:
    if not isinstance(reading.answers, InvoiceForm):
        return None
    try:
        return str(reading.answers.compute(checking.context_for(invoice, by=by, facts=facts)).total)
    except Invalid:
        return None


def _finding(finding: Finding) -> dict[str, str]:
    return {
        "code": finding.code,
        "level": str(finding.level),
        "place": finding.place,
        "text": words(finding),
        "source": finding.source,
    }


def error_of(refused: Refused) -> dict[str, Any]:
    """In the shape of `ErrorOut`."""
    return {"code": refused.code, "text": refused.text, "findings": [_finding(one) for one in refused.findings]}
