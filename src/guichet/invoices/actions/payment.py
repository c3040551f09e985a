"""The hand-over of accepted invoices to the Centrale: an immutable record each, one batch once (INV-25)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guichet.invoices.models import Transmission

if TYPE_CHECKING:
    from guichet.accounts.access import Actor
    from guichet.invoices.models import Invoice


def record_transmission(invoice: Invoice, *, by: Actor) -> Transmission:
    """Freeze what is to be paid, in the transaction of the acceptance."""
    del by
    version = invoice.versions.get(no=invoice.version_no)
    return Transmission.objects.create(
        insurer_id=invoice.insurer_id,
        invoice=invoice,
        version=version,
        amount=version.computed["total"],
        record={
            "number": invoice.number,
            "form": invoice.form_code,
            "decision": invoice.decision_number,
            "account": version.snapshot["account"],
            "reference": version.snapshot["reference"],
            "beneficiary": version.snapshot["beneficiary"],
            "supplier_number": version.answers.get("supplier_number", ""),
            "content_hash": version.content_hash,
            "receipt_code": version.receipt_code,
        },
    )
