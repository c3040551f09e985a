"""What else there is in the world, by system and subject: every module here has `build(world)`.

Called inside the tenant `vs`, after the people, the companies and the invoices are there.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.adversarial.world import World


def build_all(world: World) -> None:
    """Every part, by name."""
    for module in sorted(pkgutil.iter_modules(__path__, f"{__name__}."), key=lambda found: found.name):
        importlib.import_module(module.name).build(world)
