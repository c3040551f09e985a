"""What the page of a recording says and offers about its custody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from guichet.accounts.models import StaffRole
from guichet.recordings import rules
from guichet.recordings.models import Arrival, Forwarding
from guichet.recordings.queries import custody
from guichet.recordings.states import WORKFLOW

if TYPE_CHECKING:
    from guichet.accounts.access import SpaceRequest
    from guichet.recordings.models import Recording


def parts(request: SpaceRequest, found: Recording) -> dict[str, Any]:
    """Nothing for the commission."""
    actor = request.actor
    if actor.role == StaffRole.COMMISSION:
        return {}
    hands = actor.has("court")
    manages = actor.has("records")
    return {
        "arrival": Arrival.objects.filter(recording=found).select_related("origin").first(),
        "forwarding": Forwarding.objects.filter(recording=found).select_related("to", "by").first(),
        "may_forward": manages and found.status in WORKFLOW["forward"].sources,
        "may_destroy": manages and found.status in WORKFLOW["ask_destruction"].sources,
        "hold": found.mandate.legal_hold,
        "hands": hands,
        "may_ask_court": hands and found.status in rules.LISTENABLE,
        "courts": custody.court_packages(found) if hands else [],
    }
