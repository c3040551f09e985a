"""A rate of next year, with the canary in its source."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from guichet.invoices.actions import rates

if TYPE_CHECKING:
    from tests.adversarial.world import World

_SOURCE = "Zqcanary, RAI 39f"


def build(world: World) -> None:
    row = rates.add_rate(
        code="CA_HOUR",
        valid_from=date(2027, 1, 1),
        amount=Decimal("36.00"),
        source=_SOURCE,
        by=world.actors["administrator"],
    )
    world.ids["rate_id"] = row.pk
