"""The documents of an invoice as a person may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from guichet.invoices.models import InvoiceAttachment

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import Actor
    from guichet.invoices.models import Invoice, InvoiceVersion


def sent_files(version: InvoiceVersion) -> list[InvoiceAttachment]:
    """The documents of what was sent; what the sender does to the correction since then is not the office's."""
    sent = [file["id"] for file in version.snapshot["attachments"]]
    return list(InvoiceAttachment.objects.filter(case_id=version.case_id, pk__in=sent).order_by("added_at", "id"))


def file_of(actor: Actor, invoice: Invoice, attachment_id: UUID) -> InvoiceAttachment | None:
    """One document as this person may see it: the office what was ever sent, the sender also what will be."""
    files = InvoiceAttachment.objects.filter(case=invoice, pk=attachment_id).select_related("stored__insurer")
    was_sent = Q(first_version__lte=invoice.version_no)
    return files.filter(was_sent if actor.is_staff else was_sent | Q(removed_at=None)).first()
