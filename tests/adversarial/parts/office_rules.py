"""A rule of the office that a second administrator has to admit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guichet.accounts.models import StaffRole
from guichet.invoices.actions import office_rules
from guichet.invoices.office_rules import value_of
from guichet.invoices.tests import factories

if TYPE_CHECKING:
    from tests.adversarial.world import World

CANARY = "Zqcanary"


def build(world: World) -> None:
    """Asked for by another administrator of the office."""
    by = factories.staff(world.vs, StaffRole.ADMINISTRATOR)
    years = value_of(world.vs, "power_years")
    (waiting,) = office_rules.change({"power_years": years + 1}, seen={"power_years": years}, reason=CANARY, by=by)
    world.ids["setting_change_id"] = waiting.pk
