"""A decision with a quota, used by an invoice; an invoice under a legal hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guichet.invoices.actions import retention
from guichet.invoices.tests import factories

if TYPE_CHECKING:
    from tests.adversarial.world import World

CANARY = "Zqcanary"


def build(world: World) -> None:
    """The decision belongs to the office, the hold to an invoice of the company A."""
    by, agent = world.actors["colleague"], world.actors["agent"]
    whom = factories.beneficiary(by=by, last_name=CANARY, first_name=CANARY)
    decision = factories.granted(
        whom, ("amount", "year", "5000"), by=agent, number="32320260007777", description=CANARY
    )
    held = factories.sent(by=by, whom=whom, account=world.account, decision="32320260007777")
    retention.place_hold(held, reason=CANARY, by=agent)
    world.ids |= {"office_decision_id": decision.pk, "held_id": held.pk}
