"""What the QR code of an attached bill says, and taking it over into the form (INV-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from guichet import storage
from guichet.accounts.models import BankAccount
from guichet.invoices import checking
from guichet.invoices.actions import drafts
from guichet.invoices.models import InvoiceAttachment
from guichet.kernel import dates, money, qrbill
from guichet.kernel.findings import Invalid

if TYPE_CHECKING:
    from guichet.accounts.access import Actor
    from guichet.formspec.reading import Raw
    from guichet.invoices.models import Invoice


def read(attachment_id: str) -> None:
    """Look for a Swiss QR code on an attachment and keep what it says; `{}` means: looked, nothing there.

    The platform's own work on a file already recorded when it was attached; it changes no case, so it leaves no
    entry in the audit.
    """
    unread = InvoiceAttachment.objects.filter(pk=attachment_id, code__isnull=True, removed_at=None)
    attachment = unread.select_related("stored", "case").first()
    if attachment is None or attachment.state not in InvoiceAttachment.SERVED:
        return
    data = storage.read(attachment.stored)
    found: dict[str, Any] = {}
    for text in storage.read_qr(data, media_type=attachment.media_type):
        if qrbill.looks_like_qrbill(text):
            found = _understood(text)
            company = BankAccount.objects.filter(affiliation=attachment.case.affiliation_id, archived_at=None)
            if "iban" in found:
                found["known"] = company.filter(iban=found["iban"]).exists()
            break
    unread.update(code=found)


def _understood(text: str) -> dict[str, Any]:
    try:
        bill = qrbill.parse_qrbill(text)
    except Invalid as error:
        return {"fault": error.code}
    return {
        "iban": bill.iban,
        "creditor": bill.creditor.name,
        "amount": money.format_amount(bill.amount) if bill.amount is not None else "",
        "currency": bill.currency,
        "reference": bill.reference.value,
        "reference_kind": str(bill.reference.kind),
        "message": bill.message,
        "invoice_number": bill.invoice_number,
        "invoice_date": dates.format_date(bill.invoice_date) if bill.invoice_date else "",
    }


def take_over(invoice: Invoice, attachment: InvoiceAttachment, *, draft_no: int, by: Actor) -> int:
    """Fill what the bill says into the draft's blanks; nothing typed is overwritten. Raises as `save_draft` does."""
    code = attachment.code or {}
    proposed = proposal(invoice.raw, {**code, "account": _account(code, by=by)})
    asked = checking.form_of(invoice).model_fields
    raw = {name: value for name, value in proposed.items() if name in asked}
    return drafts.save_draft(invoice, raw=raw, draft_no=draft_no, by=by)


def _account(code: dict[str, Any], *, by: Actor) -> str:
    """The company's account that the bill wants to be paid on, as the form writes it; nothing for any other."""
    accounts = BankAccount.objects.filter(affiliation=by.affiliation, archived_at=None, iban=code.get("iban", ""))
    found = accounts.order_by("created_at", "id").first()
    return f"{checking.COMPANY_ACCOUNT}{found.pk}" if found else ""


def proposal(raw: Raw, code: dict[str, Any]) -> Raw:
    """The draft with the bill's number, date, reference, account and amount in the places still empty."""
    filled = dict(raw)
    for name, value in (
        ("account", code.get("account")),
        ("supplier_number", code.get("invoice_number")),
        ("supplier_date", code.get("invoice_date")),
        ("payment_reference", code.get("reference")),
        ("period_from", code.get("invoice_date")),
    ):
        if value and not filled.get(name):
            filled[name] = value
    lines = [dict(line) for line in filled.get("lines") or [] if any(str(value).strip() for value in line.values())]
    is_francs = code.get("currency") == "CHF"
    if is_francs and code.get("amount") and not any(line.get("price") for line in lines):
        first = lines[0] if lines else {}
        description = first.get("description") or code.get("message") or code.get("creditor", "")
        rest = {"description": description[:120], "quantity": "1", "unit": "lump", "price": code["amount"]}
        filled["lines"] = [{**rest, **{name: value for name, value in first.items() if value}}, *lines[1:]]
    return filled
