"""What all acts on an invoice share: a line of history and an entry of the audit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from guichet import audit
from guichet.invoices.models import InvoiceEvent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from guichet.accounts.access import Actor
    from guichet.audit import Who
    from guichet.invoices.models import Invoice


def note(
    invoice: Invoice,
    act: str,
    *,
    by: Actor | None,
    who: Who | None = None,
    text: str = "",
    amount: Decimal | None = None,
    recipient: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    """History for those concerned, audit for the auditors; both in the transaction of the act.

    `amount` is what was asked or accepted, in CHF: the figures count it (INV-26).
    """
    side = "platform" if by is None else ("staff" if by.is_staff else "partner")
    InvoiceEvent.objects.create(
        insurer_id=invoice.insurer_id,
        case=invoice,
        at=timezone.now(),
        act=act,
        person=by.person if by else None,
        side=side,
        text=text,
        amount=amount,
    )
    audit.record(
        f"invoice.{act}",
        insurer_id=invoice.insurer_id,
        by=by.who if by else (who or audit.Who(role="platform")),
        on="invoice",
        object_id=str(invoice.pk),
        subject=invoice.beneficiary.avs_number if invoice.beneficiary else "",
        recipient=recipient,
        detail=detail,
    )
