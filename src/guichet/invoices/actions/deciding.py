"""What the office does with an invoice. Two at once never both win: each move is one conditional UPDATE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from guichet import notify
from guichet.casework.errors import Overtaken, ReasonMissing
from guichet.invoices.actions.common import note
from guichet.invoices.actions.payment import record_transmission
from guichet.invoices.models import Invoice, InvoicePin
from guichet.invoices.states import WORKFLOW

if TYPE_CHECKING:
    from collections.abc import Mapping

    from guichet.accounts.access import Actor


@transaction.atomic
def open_for_review(invoice: Invoice, *, by: Actor) -> None:
    """Note that an agent looked into it: from now on it cannot be withdrawn (INV-28), and the look is recorded."""
    Invoice.objects.filter(pk=invoice.pk, opened_at=None).update(opened_at=timezone.now())
    note(invoice, "opened_by_office", by=by)


@transaction.atomic
def accept(invoice: Invoice, *, version_no: int, by: Actor) -> None:
    """Accepted and handed over for payment to the Centrale (INV-21). Raises `Overtaken`."""
    decided = _move(invoice, "accept", version_no=version_no, by=by)
    record_transmission(decided, by=by)
    _tell(decided, "accepted", text="")


@transaction.atomic
def ask_correction(
    invoice: Invoice, *, version_no: int, message: str, pins: Mapping[str, str], by: Actor
) -> None:
    """Send back with a message and remarks at fields and lines (FRM-07). Raises `Overtaken`, `ReasonMissing`."""
    decided = _move(invoice, "ask_correction", version_no=version_no, message=message, by=by)
    InvoicePin.objects.bulk_create(
        InvoicePin(insurer=by.insurer, case=decided, version_no=version_no, place=place[:80], text=text.strip()[:500])
        for place, text in pins.items()
        if text.strip()
    )
    _tell(decided, "to_correct", text=message)


@transaction.atomic
def refuse(invoice: Invoice, *, version_no: int, message: str, by: Actor) -> None:
    """Refused with its reason (INV-09). Raises `Overtaken`, `ReasonMissing`."""
    decided = _move(invoice, "refuse", version_no=version_no, message=message, by=by)
    _tell(decided, "refused", text=message)


def _move(invoice: Invoice, name: str, *, version_no: int, by: Actor, message: str = "") -> Invoice:
    move = WORKFLOW[name]
    if move.needs_reason and not message.strip():
        raise ReasonMissing
    now = timezone.now()
    changed = Invoice.objects.filter(
        pk=invoice.pk, status__in=list(move.sources), version_no=version_no
    ).update(
        status=move.target,
        changed_at=now,
        decided_by=by.person,
        message=message.strip(),
        opened_at=now,
    )
    if not changed:
        raise Overtaken
    decided = Invoice.objects.select_related("beneficiary", "responsible", "insurer").get(pk=invoice.pk)
    note(decided, name, by=by, text=message.strip(), recipient=str(decided.responsible_id))
    return decided


def _tell(invoice: Invoice, template: str, *, text: str) -> None:
    """One mail to who sent it; the text itself only where the insurer allows it (MSG-01, `mail_details`)."""
    insurer = invoice.insurer
    notify.mail(
        f"invoices/{template}",
        insurer=insurer,
        to=invoice.responsible.email,
        language=invoice.responsible.language,
        context={
            "invoice_number": invoice.number,
            "path": f"/{insurer.slug}/factures/{invoice.pk}/",
            "details": text if insurer.setting("mail_details") else "",
            "days": insurer.setting("payment_days"),
        },
        key=f"invoice-{template}-{invoice.pk}-{invoice.version_no}",
    )
