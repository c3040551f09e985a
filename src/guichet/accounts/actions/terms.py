"""Accepting the terms of use where one did not register: an expert with whom a case was forwarded (ACC-02)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from guichet.accounts.errors import ConflictError
from guichet.accounts.models import Membership, TermsAcceptance
from guichet.audit import record

if TYPE_CHECKING:
    from guichet.accounts.access import Actor
    from guichet.accounts.terms import Terms


@transaction.atomic
def accept(*, by: Actor, terms: Terms) -> None:
    """Keep who accepted what, when. Raises ConflictError for who owes nothing."""
    mine = Membership.objects.filter(insurer=by.insurer, person=by.person, removed_at=None, owes_terms=True)
    if not mine.update(owes_terms=False):
        raise ConflictError("accepted")
    TermsAcceptance.objects.get_or_create(
        insurer=by.insurer,
        person=by.person,
        version=terms.version,
        text_hash=terms.text_hash,
        defaults={"accepted_at": timezone.now()},
    )
    record(
        "terms.accepted",
        insurer_id=by.insurer.pk,
        by=by.who,
        on="person",
        object_id=str(by.person.pk),
        detail={"version": terms.version, "text": terms.text_hash},
    )
