"""Asking whether another sender has invoiced the same: counted, limited, audited (INV-13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from guichet import audit
from guichet.invoices import checking, duplicates
from guichet.invoices.models import DuplicateLook

if TYPE_CHECKING:
    from guichet.accounts.access import Actor
    from guichet.invoices.checking import Known
    from guichet.invoices.models import Invoice


def look(invoice: Invoice, *, facts: Known, by: Actor) -> None:
    """Note that this sender asks about its amount, where another sender's invoice is near.

    Only then may the checks tell whether the amounts are equal. After `duplicates.MOST_LOOKS` different amounts for
    one person in a day nothing more is told; the desk's own check goes on.
    """
    if facts.beneficiary is None or all(one.facts.own for one in facts.earlier):
        return
    claim = checking.claim_of(invoice, by=by, facts=facts)
    if claim is None or not duplicates.needs_look(claim, facts.earlier):
        return
    person = facts.beneficiary.avs_number
    asked = duplicates.amounts_asked(invoice.affiliation_id, person, invoice.form_code)
    if claim.amount in asked:
        return
    with transaction.atomic():
        allowed = duplicates.may_ask(invoice.affiliation_id, person)
        if allowed:
            DuplicateLook.objects.get_or_create(
                affiliation_id=invoice.affiliation_id,
                avs_number=person,
                form_code=invoice.form_code,
                amount=claim.amount,
                defaults={"insurer": by.insurer, "at": timezone.now()},
            )
        audit.record(
            "duplicate.asked" if allowed else "duplicate.refused",
            insurer_id=by.insurer.pk,
            by=by.who,
            on="invoice",
            object_id=str(invoice.pk),
            subject=person,
            detail={"amount": str(claim.amount), "told": allowed and duplicates.is_told(claim, facts.earlier)},
        )
