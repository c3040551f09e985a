"""What the office does with an invoice. Two at once never both win: each move is one conditional UPDATE."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from guichet import notify
from guichet.accounts.models import MemberRole, Membership
from guichet.casework.errors import Overtaken, ReasonMissing
from guichet.invoices.actions.common import note
from guichet.invoices.actions.payment import record_transmission
from guichet.invoices.models import Invoice, InvoicePin
from guichet.invoices.states import WORKFLOW, Status
from guichet.kernel.text import clean_line, clean_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from guichet.accounts.access import Actor
    from guichet.accounts.models import Person

_LONGEST_MESSAGE = 4_000  # characters
_LONGEST_PIN = 500
_PLACE = re.compile(r"[a-z_]{1,40}(-\d{1,4}(-[a-z_]{1,30})?)?")  # a field, a line, a field of a line


@transaction.atomic
def open_for_review(invoice: Invoice, *, by: Actor) -> bool:
    """Note that an agent looked into it: from now on it cannot be withdrawn (INV-28), and the look is recorded.

    False, and nothing noted, if it is not in review any more: the sender was faster and took it back.
    """
    in_review = Invoice.objects.filter(pk=invoice.pk, status=Status.IN_REVIEW)
    first_look = in_review.filter(opened_at=None).update(opened_at=timezone.now())
    if not first_look and not in_review.exists():
        return False
    note(invoice, "opened_by_office", by=by)
    return True


@transaction.atomic
def accept(invoice: Invoice, *, version_no: int, by: Actor) -> None:
    """Accepted and handed over for payment to the Centrale (INV-21). Raises `Overtaken`."""
    decided = _move(invoice, "accept", version_no=version_no, by=by)
    record_transmission(decided, by=by)
    _tell(decided, "accepted")


@transaction.atomic
def ask_correction(invoice: Invoice, *, version_no: int, message: str, pins: Mapping[str, str], by: Actor) -> None:
    """Send back with a message and remarks at fields and lines (FRM-07). Raises `Overtaken`, `ReasonMissing`."""
    decided = _move(invoice, "ask_correction", version_no=version_no, message=message, by=by)
    InvoicePin.objects.bulk_create(
        InvoicePin(insurer=by.insurer, case=decided, version_no=version_no, place=place, text=text)
        for place, text in _cleaned(pins).items()
    )
    _tell(decided, "to_correct")


@transaction.atomic
def refuse(invoice: Invoice, *, version_no: int, message: str, by: Actor) -> None:
    """Refused with its reason (INV-09). Raises `Overtaken`, `ReasonMissing`."""
    decided = _move(invoice, "refuse", version_no=version_no, message=message, by=by)
    _tell(decided, "refused")


def _move(invoice: Invoice, name: str, *, version_no: int, by: Actor, message: str = "") -> Invoice:
    move = WORKFLOW[name]
    reason = clean_text(message[:_LONGEST_MESSAGE], _LONGEST_MESSAGE)
    if move.needs_reason and not reason:
        raise ReasonMissing
    now = timezone.now()
    changed = Invoice.objects.filter(pk=invoice.pk, status__in=list(move.sources), version_no=version_no).update(
        status=move.target,
        changed_at=now,
        decided_by=by.person,
        message=reason,
        opened_at=now,
    )
    if not changed:
        raise Overtaken
    decided = Invoice.objects.select_related("beneficiary", "responsible", "insurer").get(pk=invoice.pk)
    note(decided, name, by=by, text=reason, recipient=str(decided.responsible_id))
    return decided


def _cleaned(pins: Mapping[str, str]) -> dict[str, str]:
    """Remarks that say something, at places that could be one."""
    texts = {place: clean_line(text[:_LONGEST_PIN], _LONGEST_PIN) for place, text in pins.items()}
    return {place: text for place, text in texts.items() if text and _PLACE.fullmatch(place)}


def _tell(invoice: Invoice, template: str) -> None:
    """One mail to who sent it; the text itself only where the insurer allows it (MSG-01, `mail_details`)."""
    insurer = invoice.insurer
    for person in _recipients(invoice):
        notify.mail(
            f"invoices/{template}",
            insurer=insurer,
            to=person.email,
            language=person.language,
            context={
                "invoice_number": invoice.number,
                "path": f"/{insurer.slug}/factures/{invoice.pk}/",
                "details": invoice.message if insurer.setting("mail_details") else "",
                "days": insurer.setting("payment_days"),
            },
            key=f"invoice-{template}-{invoice.pk}-{invoice.version_no}-{person.pk}",
        )


def _recipients(invoice: Invoice) -> list[Person]:
    """Who sent it; the company's managers if that person has left it."""
    members = Membership.objects.filter(affiliation_id=invoice.affiliation_id, removed_at=None)
    wanted = Q(person_id=invoice.responsible_id) | Q(role=MemberRole.MANAGER)
    people = [member.person for member in members.filter(wanted).select_related("person").order_by("created_at", "id")]
    return [person for person in people if person.pk == invoice.responsible_id] or people
