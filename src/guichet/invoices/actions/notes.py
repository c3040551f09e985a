"""Notes among colleagues at an invoice: never shown to the sender, recorded in the audit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone

from guichet import audit
from guichet.casework.errors import ReasonMissing
from guichet.invoices.models import InvoiceNote
from guichet.kernel.text import clean_text

if TYPE_CHECKING:
    from guichet.accounts.access import Actor
    from guichet.invoices.models import Invoice

LONGEST: Final = 2_000  # characters


@transaction.atomic
def add_note(invoice: Invoice, *, text: str, by: Actor) -> InvoiceNote:
    """One note more. Raises `ReasonMissing` if it says nothing."""
    said = clean_text(text[:LONGEST], LONGEST)
    if not said:
        raise ReasonMissing
    added = InvoiceNote.objects.create(
        insurer_id=invoice.insurer_id, case=invoice, at=timezone.now(), person=by.person, text=said
    )
    audit.record(
        "invoice.note_added",
        insurer_id=invoice.insurer_id,
        by=by.who,
        on="invoice",
        object_id=str(invoice.pk),
        subject=invoice.beneficiary.avs_number if invoice.beneficiary else "",
        detail={"note": str(added.pk)},
    )
    return added
