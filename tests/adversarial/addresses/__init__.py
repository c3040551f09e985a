"""The addresses by system and subject: every module here has `ROUTES`."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.adversarial.route import Route


def collect() -> dict[str, Route]:
    """All of them; a name said twice is a mistake."""
    found: dict[str, Route] = {}
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        routes = importlib.import_module(module.name).ROUTES
        if twice := found.keys() & routes.keys():
            raise ValueError(f"said twice: {sorted(twice)}")
        found |= routes
    return found
