"""Who works on what: taking the next one, assigning, accepting in bulk what has no mark (INV-22)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guichet.casework.errors import CaseError, Overtaken
from guichet.invoices import duplicates, queries
from guichet.invoices.actions import deciding
from guichet.invoices.actions.common import note
from guichet.invoices.flags import flags_of
from guichet.invoices.models import Invoice
from guichet.invoices.states import Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime
    from uuid import UUID

    from django.utils.functional import Promise

    from guichet.accounts.access import Actor

MOST_AT_ONCE: Final = 50  # a page of the queue

_TAKE: Final = """
UPDATE invoices_invoice SET assigned_to_id = %(person)s, assigned_at = %(now)s, opened_at = COALESCE(opened_at, %(now)s)
WHERE id = (
    SELECT id FROM invoices_invoice
    WHERE insurer_id = %(insurer)s AND status = 'in_review' AND assigned_to_id IS NULL
    ORDER BY changed_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id
"""


class NotAReviewer(CaseError):
    """Only who reviews invoices of this office can be given one (422)."""


@transaction.atomic
def take_next(*, by: Actor) -> Invoice | None:
    """The oldest invoice nobody works on is mine, and opened; None if there is none. One statement, nobody waits."""
    facts: dict[str, str | int | datetime] = {
        "person": str(by.person.pk),
        "now": timezone.now(),
        "insurer": by.insurer.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, facts)
        row = cursor.fetchone()
    if row is None:
        return None
    taken = queries.decided(row[0])
    note(taken, "opened_by_office", by=by, detail={"taken": True})
    return taken


@transaction.atomic
def assign(invoices: Collection[UUID], *, to: UUID | None, by: Actor) -> int:
    """Give invoices that wait to a colleague, to oneself, or to nobody; how many there were. Raises `NotAReviewer`."""
    if to is not None and not queries.may_review(by, to):
        raise NotAReviewer
    rows = Invoice.objects.visible_to(by).filter(
        pk__in=list(invoices)[:MOST_AT_ONCE], insurer=by.insurer, status__in=[Status.IN_REVIEW, Status.AWAITING_SECOND]
    )
    locked = list(rows.select_for_update(of=("self",)).select_related("beneficiary").order_by("pk"))
    now = timezone.now() if to else None
    Invoice.objects.filter(pk__in=[one.pk for one in locked]).update(assigned_to=to, assigned_at=now)
    for one in locked:
        note(one, "assigned", by=by, recipient=str(to or ""))
    return len(locked)


@dataclass(frozen=True)
class Outcome:
    """What became of one row of a bulk act."""

    invoice: Invoice
    is_done: bool
    text: str | Promise


def can_be_accepted_unseen(invoice: Invoice) -> bool:
    """No mark, and every automatic check of what was sent in order."""
    version = invoice.versions.filter(no=invoice.version_no).first()
    if version is None or invoice.flags or invoice.status != Status.IN_REVIEW:
        return False
    found = flags_of(invoice, version, queries.sent_files(version), duplicates.repetitions(invoice))
    return all(flag.tone == "success" for flag in found)


def accept_unflagged(rows: Iterable[tuple[Invoice, int]], *, by: Actor) -> list[Outcome]:
    """Accept each of the versions that were shown, if it still has no mark; every row is an act of its own."""
    return [_accept_one(invoice, version_no, by=by) for invoice, version_no in list(rows)[:MOST_AT_ONCE]]


def _accept_one(invoice: Invoice, version_no: int, *, by: Actor) -> Outcome:
    if invoice.version_no != version_no or invoice.status != Status.IN_REVIEW:
        return Outcome(invoice, is_done=False, text=_("Traitée ou renvoyée entre-temps : rien n'a été changé."))
    if not can_be_accepted_unseen(invoice):
        return Outcome(invoice, is_done=False, text=_("À examiner : un contrôle n'est pas en ordre."))
    try:
        decided = deciding.accept(invoice, version_no=version_no, by=by)
    except Overtaken:
        return Outcome(invoice, is_done=False, text=_("Traitée ou renvoyée entre-temps : rien n'a été changé."))
    if decided.status == Status.AWAITING_SECOND:
        return Outcome(decided, is_done=True, text=_("En attente du second visa."))
    return Outcome(decided, is_done=True, text=_("Acceptée."))
