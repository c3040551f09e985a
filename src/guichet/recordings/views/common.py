"""What the pages of mandates and deposits share: fetching what this person may see, and who may come at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _

from guichet.accounts.models import AffiliationKind
from guichet.recordings.models import Mandate, Recording
from guichet.recordings.states import Status
from guichet.tenancy.rows import one_or_none

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import Actor, SpaceRequest


def deposits(actor: Actor) -> bool:
    """Experts and centres, at an insurer that has the system."""
    kinds = (AffiliationKind.EXPERT, AffiliationKind.CENTRE)
    return actor.affiliation is not None and actor.affiliation.kind in kinds and "recordings" in actor.insurer.systems


def expert_only(request: SpaceRequest) -> None:
    """403 for other partners: an institution has no mandates."""
    if not deposits(request.actor):
        raise PermissionDenied


def mandate_of(request: SpaceRequest, mandate_id: UUID) -> Mandate:
    """The mandate if this person may see it; otherwise it does not exist (404)."""
    visible = Mandate.objects.visible_to(request.actor).filter(pk=mandate_id)
    found = one_or_none(visible.select_related("affiliation__partner"))
    if found is None:
        raise Http404
    found.insurer = request.insurer
    return found


def deposit_of(request: SpaceRequest, recording_id: UUID) -> Recording:
    """The expert's own recording, in any state; otherwise it does not exist (404)."""
    mine = Recording.objects.visible_to(request.actor).filter(pk=recording_id)
    found = one_or_none(mine.select_related("mandate", "original", "copy", "peaks", "replaces"))
    if found is None:
        raise Http404
    found.insurer = found.mandate.insurer = request.insurer
    return found


def state_of(mandate: Mandate) -> tuple[str, str]:
    """The state of a mandate in a list, as value and word; it was read by `queries.mandates.with_state`."""
    if mandate.waivers_in_force:  # type: ignore[attr-defined]
        return "waived", _("Renonciation")
    latest = next(iter(mandate.latest), None)  # type: ignore[attr-defined]
    if latest is not None and latest.asked_again and latest.status in {Status.SENT, Status.ARCHIVED}:
        return "asked_again", _("Nouveau dépôt demandé")
    if latest is not None:
        return latest.status, str(Status(latest.status).label)
    return ("announced", _("Annoncé")) if mandate.confirmed_at else ("requested", _("À confirmer par l'office"))
