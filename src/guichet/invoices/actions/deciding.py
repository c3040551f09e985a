"""What the office does with an invoice. Two at once never both win: each move is one conditional UPDATE."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from guichet.casework.errors import CaseError, Overtaken, ReasonMissing
from guichet.invoices import queries
from guichet.invoices.actions import assessing, ledger, notes, telling
from guichet.invoices.actions.common import note
from guichet.invoices.actions.payment import record_transmission
from guichet.invoices.models import Answer, Invoice, InvoicePin
from guichet.invoices.reasons import Said
from guichet.invoices.rules import wants_second_agent
from guichet.invoices.states import WORKFLOW, Status
from guichet.kernel.text import clean_line, clean_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from guichet.accounts.access import Actor
    from guichet.invoices.models import InvoiceVersion

_LONGEST_MESSAGE = 4_000  # characters
_LONGEST_PIN = 500
_PLACE = re.compile(r"[a-z_]{1,40}(-\d{1,4}(-[a-z_]{1,30})?)?")  # a field, a line, a field of a line
_PAGE = re.compile(r"page-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-([1-9]\d{0,3})")  # of an attachment


class Contested(CaseError):
    """The insured person contests this version and nobody has answered her (409)."""


class SameAgent(CaseError):
    """Who accepted first cannot be the second agent too (409)."""


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
def accept(invoice: Invoice, *, version_no: int, cuts: Mapping[str, assessing.Cut] | None = None, by: Actor) -> Invoice:
    """Accept, whole or less of some lines (INV-21, INV-23); handed over for payment, unless a second agent is wanted.

    Answers the invoice as it is now: accepted, or awaiting the second agent (INV-24). Raises `Overtaken`,
    `NotThatMuch`, `LineReasonMissing`, `Contested`.
    """
    version = invoice.versions.filter(no=version_no).first()
    if version is None:
        raise Overtaken
    accepted = assessing.accepted_total(version, cuts or {})
    wants_second = wants_second_agent(by.insurer, accepted=accepted, marks=invoice.flags)
    name = "accept_first" if wants_second else "accept"
    amount = None if wants_second else accepted
    decided = _move(invoice, name, version_no=version_no, amount=amount, by=by, accepted_total=accepted)
    if decided.objections.filter(version_no=version_no, state=Answer.WAITING).exists():  # under the lock of the row
        raise Contested
    assessing.record_lines(decided, version, cuts or {}, at=decided.changed_at, by=by)
    if not wants_second:
        _hand_over(decided, by=by)
    return decided


@transaction.atomic
def confirm(invoice: Invoice, *, version_no: int, by: Actor) -> Invoice:
    """A second agent confirms what the first accepted (INV-24). Raises `SameAgent`, `Overtaken`."""
    move = WORKFLOW["confirm"]
    rows = Invoice.objects.filter(pk=invoice.pk, status__in=list(move.sources), version_no=version_no)
    changed = rows.exclude(decided_by=by.person).update(
        status=move.target, changed_at=timezone.now(), second_by=by.person
    )
    if not changed:
        raise SameAgent if rows.filter(decided_by=by.person).exists() else Overtaken
    decided = queries.decided(invoice.pk)
    detail = {"first": str(decided.decided_by_id)}
    note(decided, "accept", by=by, amount=decided.accepted_total, recipient=str(decided.responsible_id), detail=detail)
    _hand_over(decided, by=by)
    return decided


@transaction.atomic
def send_back(invoice: Invoice, *, version_no: int, text: str, by: Actor) -> Invoice:
    """A second agent asks the first to look again, with a note. Raises as `confirm`, and `ReasonMissing`."""
    move = WORKFLOW["send_back"]
    if not clean_text(text[:_LONGEST_MESSAGE], _LONGEST_MESSAGE):
        raise ReasonMissing
    now = timezone.now()
    rows = Invoice.objects.filter(pk=invoice.pk, status__in=list(move.sources), version_no=version_no)
    changed = rows.exclude(decided_by=by.person).update(
        status=move.target, changed_at=now, accepted_total=None, assigned_to=F("decided_by"), assigned_at=now
    )
    if not changed:
        raise SameAgent if rows.filter(decided_by=by.person).exists() else Overtaken
    decided = queries.decided(invoice.pk)
    note(decided, "send_back", by=by, recipient=str(decided.decided_by_id))
    notes.add_note(decided, text=text, by=by)
    return decided


@transaction.atomic
def ask_correction(
    invoice: Invoice, *, version_no: int, message: str | Said, pins: Mapping[str, str], by: Actor
) -> None:
    """Send back with a message and remarks at fields, lines and pages (FRM-07). Raises `Overtaken`, `ReasonMissing`."""
    decided = _give_reason(invoice, "ask_correction", version_no=version_no, message=message, by=by)
    version = decided.versions.get(no=version_no)
    InvoicePin.objects.bulk_create(
        InvoicePin(insurer=by.insurer, case=decided, version_no=version_no, place=place, text=text)
        for place, text in _cleaned(pins, version).items()
    )
    telling.tell(decided, "to_correct")


@transaction.atomic
def refuse(invoice: Invoice, *, version_no: int, message: str | Said, by: Actor) -> None:
    """Refused with its reason (INV-09). Raises `Overtaken`, `ReasonMissing`."""
    decided = _give_reason(invoice, "refuse", version_no=version_no, message=message, by=by)
    telling.tell(decided, "refused")


def _hand_over(decided: Invoice, *, by: Actor) -> None:
    ledger.settle(decided)
    record_transmission(decided, by=by)
    telling.tell(decided, "accepted")


def _give_reason(invoice: Invoice, name: str, *, version_no: int, message: str | Said, by: Actor) -> Invoice:
    why = message if isinstance(message, Said) else Said(text=message)
    text = clean_text(why.text[:_LONGEST_MESSAGE], _LONGEST_MESSAGE)
    kept = {"reasons": why.stored, "text": text} if why.reasons else {}
    reason = Said(why.reasons, text).words(telling.language_of(invoice))
    if not reason:
        raise ReasonMissing
    decided = _move(
        invoice, name, version_no=version_no, reason=reason, by=by, message=reason, reasons=kept, accepted_total=None
    )
    ledger.release(decided)
    return decided


def _move(
    invoice: Invoice,
    name: str,
    *,
    version_no: int,
    by: Actor,
    reason: str = "",
    amount: Decimal | None = None,
    **changes: Any,
) -> Invoice:
    move = WORKFLOW[name]
    now = timezone.now()
    changed = Invoice.objects.filter(pk=invoice.pk, status__in=list(move.sources), version_no=version_no).update(
        status=move.target,
        changed_at=now,
        decided_by=by.person,
        opened_at=now,
        **({"message": "", "reasons": {}} | changes),
    )
    if not changed:
        raise Overtaken
    decided = queries.decided(invoice.pk)
    note(decided, name, by=by, text=reason, amount=amount, recipient=str(decided.responsible_id))
    return decided


def _cleaned(pins: Mapping[str, str], version: InvoiceVersion) -> dict[str, str]:
    """Remarks that say something, at places that could be one."""
    pages = {str(file["id"]): int(file["pages"]) for file in version.snapshot["attachments"]}
    texts = {place: clean_line(text[:_LONGEST_PIN], _LONGEST_PIN) for place, text in pins.items()}
    return {place: text for place, text in texts.items() if text and _is_place(place, pages)}


def _is_place(place: str, pages: Mapping[str, int]) -> bool:
    if page := _PAGE.fullmatch(place):
        return int(page[2]) <= pages.get(page[1], 0)
    return _PLACE.fullmatch(place) is not None
