"""What the page of a review knows besides the invoice itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from guichet.accounts.models import StaffMember
from guichet.invoices.models import Invoice, LineDecision, Substitution

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import Actor
    from guichet.accounts.models import Person

_MOST_STAFF = 500


def decided(invoice_id: UUID) -> Invoice:
    """The invoice after a move, with whom the move concerns."""
    concerned = ("beneficiary", "responsible", "insurer", "affiliation__partner")
    return Invoice.objects.select_related(*concerned).get(pk=invoice_id)


def line_decisions(invoice: Invoice) -> list[LineDecision]:
    """The lines of the latest assessment of the current version, in the order of the form; none if there was none."""
    rows = list(LineDecision.objects.filter(case=invoice, version_no=invoice.version_no).order_by("no", "id"))
    return [row for row in rows if row.no == rows[-1].no]


def reviewers(actor: Actor) -> list[Person]:
    """Who may be given an invoice: everybody of the office with the right to review, by name."""
    rows = StaffMember.objects.filter(insurer=actor.insurer, removed_at=None).select_related("person")
    people = [row.person for row in rows.order_by("created_at", "id")[:_MOST_STAFF] if _reviews(row)]
    return sorted(people, key=lambda person: (person.last_name.casefold(), person.first_name.casefold()))


def may_review(actor: Actor, person_id: UUID) -> bool:
    """Whether this person reviews invoices of the actor's office."""
    rows = StaffMember.objects.filter(insurer=actor.insurer, removed_at=None, person_id=person_id)
    return any(_reviews(row) for row in rows.order_by("id")[:2])


def _reviews(member: StaffMember) -> bool:
    return member.role == "administrator" or "review" in member.rights


def substitutions(actor: Actor) -> list[Substitution]:
    """Who stands in for whom at this office, today and later; the nearest first."""
    rows = Substitution.objects.filter(insurer=actor.insurer, last_day__gte=timezone.localdate(), ended_at=None)
    return list(rows.select_related("absent", "substitute").order_by("first_day", "id")[:_MOST_STAFF])
