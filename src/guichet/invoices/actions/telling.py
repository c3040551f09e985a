"""The mails of a decision, each in the language of who reads it (MSG-01)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from guichet import notify
from guichet.accounts.models import MemberRole, Membership
from guichet.invoices.reasons import message_of

if TYPE_CHECKING:
    from guichet.accounts.models import Person
    from guichet.invoices.models import Invoice


def tell(invoice: Invoice, template: str) -> None:
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
                "details": message_of(invoice, person.language) if insurer.setting("mail_details") else "",
                "days": insurer.setting("payment_days"),
                "partly": invoice.accepted_total is not None and invoice.accepted_total != invoice.total,
            },
            key=f"invoice-{template}-{invoice.pk}-{invoice.version_no}-{person.pk}",
        )


def language_of(invoice: Invoice) -> str:
    """The language of who sent it."""
    return invoice.responsible.language


def _recipients(invoice: Invoice) -> list[Person]:
    """Who sent it; the company's managers if that person has left it."""
    members = Membership.objects.filter(affiliation_id=invoice.affiliation_id, removed_at=None)
    wanted = Q(person_id=invoice.responsible_id) | Q(role=MemberRole.MANAGER)
    people = [member.person for member in members.filter(wanted).select_related("person").order_by("created_at", "id")]
    return [person for person in people if person.pk == invoice.responsible_id] or people
