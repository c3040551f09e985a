"""The desk's lists: the queue of an office, what is known of the person of an invoice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from guichet.invoices.models import Beneficiary, Invoice
from guichet.invoices.queries.lists import MOST_MATCHES, Page, page_of, plain, search_beneficiaries
from guichet.invoices.states import Status

if TYPE_CHECKING:
    from guichet.accounts.access import Actor


def desk_queue(actor: Actor, *, status: str, text: str = "", after: str = "", before: str = "") -> Page:
    """One state of the office's invoices, what changed last on top; what waits for a decision the oldest first."""
    rows = Invoice.objects.visible_to(actor).filter(insurer=actor.insurer, status=status)
    if text:
        rows = rows.filter(_named(actor, text))
    return page_of(rows, after=after, before=before, key="changed_at", newest_first=status != Status.IN_REVIEW)


def _named(actor: Actor, text: str) -> Q:
    """By number, or by the beneficiary's name or AVS number."""
    number = plain(text).strip().upper()
    if number.startswith(f"{actor.insurer.number_prefix}-"):
        return Q(number=number)
    people = search_beneficiaries(Beneficiary.objects.filter(insurer=actor.insurer), text).order_by("id")
    return Q(beneficiary_id__in=list(people.values_list("id", flat=True)[:MOST_MATCHES]))


_COUNTED = (Status.IN_REVIEW, Status.TO_CORRECT, Status.ACCEPTED)
_COUNTED_TO = 1_000  # beyond, « plus de 1'000 » is said: nothing is counted to the end


def desk_counts(actor: Actor) -> dict[str, int]:
    """How many wait, are being corrected, and are ready for payment; at most a thousand and one of each."""
    rows = Invoice.objects.visible_to(actor).filter(insurer=actor.insurer)
    parts = [
        rows.filter(status=status).order_by("changed_at", "id").values("status", "pk")[: _COUNTED_TO + 1]
        for status in _COUNTED
    ]
    counts = {str(status): 0 for status in _COUNTED}
    for found in parts[0].union(*parts[1:], all=True):
        counts[found["status"]] += 1
    return counts


def earlier_of_person(actor: Actor, invoice: Invoice) -> list[Invoice]:
    """The person's other invoices of this sender, the latest first."""
    if invoice.beneficiary_id is None:
        return []
    rows = Invoice.objects.visible_to(actor).filter(beneficiary_id=invoice.beneficiary_id, sent_at__isnull=False)
    return list(rows.exclude(pk=invoice.pk).defer("raw").order_by("-sent_at", "-id")[:10])
