"""A payment that was made, one that was rejected, and the bank's words about both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guichet.invoices.actions import payment, settling
from guichet.invoices.models import Beneficiary
from guichet.invoices.tests import factories
from guichet.invoices.tests.bank import camt054, pain002

if TYPE_CHECKING:
    from tests.adversarial.world import World


def build(world: World) -> None:
    by, agent, administrator = (world.actors[role] for role in ("colleague", "agent", "administrator"))
    partner = by.affiliation.partner
    partner.zsr = "X123456"
    partner.save()
    world.vs.configuration |= {"centrale": {"gln": "7601999900017", "via": "7601999900024", "town": "Genève"}}
    world.vs.save()
    whom = Beneficiary.objects.get(pk=world.ids["beneficiary_id"])
    paid, rejected = (factories.accepted(by=by, agent=agent, whom=whom, account=world.account) for _ in range(2))
    world.ids["batch_with_bills_id"] = payment.make_batch(world.vs, by=administrator).pk
    settling.read_message(camt054([(paid.number, "370.50", {})]), insurer=world.vs, by=administrator)
    answer = pain002([(rejected.number, "RJCT", "AC01", "")])
    world.ids["bank_message_id"] = settling.read_message(answer, insurer=world.vs, by=administrator).pk
    world.ids["rejected_id"] = rejected.pk
