"""What the insured person sees in her own account: her mandates, her rights, who heard what (REC-22)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guichet.accounts.models import AffiliationKind
from guichet.accounts.queries import identity
from guichet.recordings.models import Forwarding, GrantKind, ListeningGrant, Mandate, Recording
from guichet.recordings.queries.mandates import with_state
from guichet.recordings.states import Status

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from guichet.accounts.access import Actor

_MOST = 50


def avs_of(actor: Actor) -> str:
    """Her number, as the office vetted it; empty for whoever is no insured person here."""
    affiliation = actor.affiliation
    if affiliation is None or affiliation.kind != AffiliationKind.INSURED or affiliation.status != "accepted":
        return ""
    known = identity(affiliation)
    return known.avs_number if known else ""


def is_insured(actor: Actor, mandate: Mandate) -> bool:
    """Whether this is the account of the person the mandate is about, at this office."""
    return mandate.insurer_id == actor.insurer.pk and bool(number := avs_of(actor)) and number == mandate.avs_number


def my_mandates(actor: Actor) -> list[Mandate]:
    """Expertises about her at this office, the latest first. Those an expert opened, once the office confirmed them."""
    number = avs_of(actor)
    if not number:
        return []
    known = Mandate.objects.filter(insurer=actor.insurer, avs_number=number, confirmed_at__isnull=False)
    return list(with_state(known).order_by("-created_at", "-id")[:_MOST])


def own_access(mandate: Mandate) -> ListeningGrant | None:
    """Her temporary access that is open now, if there is one."""
    alive = ListeningGrant.objects.alive().filter(recording__mandate=mandate, kind=GrantKind.INSURED)
    return alive.order_by("-until", "-id").first()


def my_mandate(actor: Actor, mandate_id: UUID) -> Mandate | None:
    """One of hers."""
    return next((one for one in my_mandates(actor) if one.pk == mandate_id), None)


def went_on(mandate: Mandate) -> dict[date, Forwarding]:
    """Days of interviews whose every recording went on to another office, and where the last one went."""
    here = set(
        Recording.objects.filter(mandate=mandate)
        .exclude(status__in=(Status.FORWARDED, Status.DESTROYED))
        .values_list("interview_on", flat=True)
    )
    rows = Forwarding.objects.filter(recording__mandate=mandate).select_related("to", "recording")
    went = [row for row in rows.order_by("at", "id") if row.recording.interview_on not in here]
    last = sorted(went, key=lambda row: row.destroyed_at is None)  # what still exists somewhere wins
    return {row.recording.interview_on: row for row in last}
