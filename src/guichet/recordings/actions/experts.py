"""An expert who comes with a forwarded recording: the office decides about them as about any registration (REC-07).

Nothing opens before it has: who works there is written down, logs in with the account they have, and accepts the
office's terms of use first, as whoever registers does (ACC-02).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from guichet import audit
from guichet.accounts.models import Affiliation, AffiliationStatus, Membership, TermsAcceptance
from guichet.recordings.actions.listening_errors import NotYours
from guichet.recordings.errors import NotPossible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guichet.accounts.access import Actor
    from guichet.recordings.models import Mandate
    from guichet.tenancy.models import Insurer

_OPEN = (AffiliationStatus.ACCEPTED, AffiliationStatus.REQUESTED)
_OVER = (AffiliationStatus.CLOSED, AffiliationStatus.REFUSED)


def known_at(office: Insurer, *, of: Affiliation, members: Sequence[Membership], by: Actor) -> Affiliation:
    """The expert as this office knows them, or a request it decides; inside the office's tenant."""
    rows = Affiliation.objects.filter(insurer=office, partner=of.partner, kind=of.kind)
    found = rows.filter(status__in=_OPEN).first() or rows.filter(status__in=_OVER).order_by("requested_at").first()
    if found is None:
        found = Affiliation.objects.create(insurer=office, partner=of.partner, kind=of.kind)
        _note(found, by)
    elif found.status in _OVER:
        _reopen(found, by)
    if found.status == AffiliationStatus.REQUESTED:
        known = TermsAcceptance.objects.filter(insurer=office, person__in=[one.person_id for one in members])
        accepted = set(known.values_list("person_id", flat=True))
        for member in members:
            Membership.objects.get_or_create(
                insurer=office,
                affiliation=found,
                person=member.person,
                removed_at=None,
                defaults={"role": member.role, "owes_terms": member.person_id not in accepted},
            )
    return found


@transaction.atomic
def ask_again(mandate: Mandate, *, by: Actor) -> Affiliation:
    """Put the expert of a mandate before those who decide registrations. Raises `NotYours`, `NotPossible`."""
    if not by.is_staff or not by.has("records"):
        raise NotYours
    affiliation = Affiliation.objects.select_for_update(of=("self",)).get(pk=mandate.affiliation_id)
    if affiliation.status not in _OVER:
        raise NotPossible
    _reopen(affiliation, by)
    return affiliation


def _reopen(affiliation: Affiliation, by: Actor) -> None:
    waiting = {"status": AffiliationStatus.REQUESTED, "requested_at": timezone.now()}
    decided = {"decided_at": None, "decided_by": None, "reason": ""}
    if not Affiliation.objects.filter(pk=affiliation.pk, status__in=_OVER).update(**waiting, **decided):
        raise NotPossible
    affiliation.refresh_from_db()
    _note(affiliation, by)


def _note(affiliation: Affiliation, by: Actor) -> None:
    audit.record(
        "affiliation.requested",
        insurer_id=affiliation.insurer_id,
        by=by.who,
        on="affiliation",
        object_id=str(affiliation.pk),
        reason="forwarded",
    )
