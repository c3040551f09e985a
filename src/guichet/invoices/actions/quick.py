"""The same again: an earlier invoice as a new draft (FRM-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from guichet import storage
from guichet.casework.jobs import defer
from guichet.formspec import registry
from guichet.formspec.declare import table
from guichet.invoices.actions import drafts
from guichet.invoices.actions.common import note
from guichet.invoices.models import Invoice, InvoiceAttachment

if TYPE_CHECKING:
    from guichet.accounts.access import Actor
    from guichet.formspec.declare import Asked, FormType
    from guichet.formspec.reading import Raw
    from guichet.invoices.models import Beneficiary

_ONCE: Final = frozenset({"supplier_number", "payment_reference", "save_decision"})  # of one bill, never of two


@transaction.atomic
def duplicate(invoice: Invoice, *, documents: bool, by: Actor) -> Invoice:
    """A new draft on the current edition with the same answers, its dates emptied; with copies of the documents if
    `documents`. The earlier invoice stays as it is.
    """
    form_type = registry.current(invoice.form_code)
    draft = drafts.open_draft(code=form_type.code, raw=_again(form_type, invoice.raw), by=by)
    if documents:
        for file in invoice.attachments.filter(removed_at=None).select_related("stored__insurer").order_by("added_at"):
            _copy(file, draft, by=by)
    return draft


def last_of(beneficiary: Beneficiary, *, by: Actor) -> Invoice | None:
    """The company's latest invoice for this person that was sent."""
    sent = Invoice.objects.visible_to(by).filter(beneficiary=beneficiary, sent_at__isnull=False)
    return sent.order_by("-sent_at", "-id").first()


def _again(form_type: type[FormType], raw: Raw) -> dict[str, Any]:
    known = {name: value for name, value in raw.items() if name in form_type.model_fields}
    made: dict[str, Any] = {}
    for name, value in known.items():
        row = table(form_type.model_fields[name])
        if row is not None:
            made[name] = [_kept(row, line) for line in value or []]
        elif _stays(form_type, name):
            made[name] = value
    return made


def _kept(row: type[Asked], line: Raw) -> Raw:
    return {name: value for name, value in line.items() if name in row.model_fields and _stays(row, name)}


def _stays(asked: type[Asked], name: str) -> bool:
    return asked.kind(name).name != "date" and name not in _ONCE


def _copy(file: InvoiceAttachment, draft: Invoice, *, by: Actor) -> None:
    """Bytes of its own: taking a document away from one invoice leaves the other's alone."""
    data = storage.read(file.stored)
    copied = InvoiceAttachment.objects.create(
        insurer=by.insurer,
        case=draft,
        stored=storage.put(data, insurer=by.insurer, limit=len(data)),
        name=file.name,
        media_type=file.media_type,
        pages=file.pages,
        state=file.state,
        added_by=by.person,
        first_version=draft.version_no + 1,
    )
    note(draft, "attached", by=by, detail={"attachment": str(copied.pk), "size": len(data), "copied": True})
    defer("invoices.read_code", queue="documents", insurer_id=by.insurer.pk, attachment_id=str(copied.pk))
