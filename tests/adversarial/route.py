"""One address as the crawler knows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.adversarial.world import World


@dataclass(frozen=True, kw_only=True)
class Route:
    """One address. `get` and `post` are the status its owner gets (None: the method is not offered)."""

    owner: str = "anonymous"
    get: int | None = 200
    post: int | None = None
    data: dict[str, str] = field(default_factory=dict)
    object: dict[str, str] = field(default_factory=dict)  # argument of the address → key of World.ids
    fixed: dict[str, Any] = field(default_factory=dict)
    shows: bool = False  # the canary is on the owner's page
    mine: bool = False  # the object is the person's own, not the company's
    slug: bool = True
    head: bool = True  # GET may be asked as HEAD too
    also: frozenset[str] = frozenset()  # methods beyond GET, HEAD and POST

    @property
    def methods(self) -> tuple[str, ...]:
        looks = ("GET", "HEAD") if self.head else ("GET",)
        return (*(looks if self.get else ()), *(("POST",) if self.post else ()))

    def arguments(self, world: World, slug: str) -> dict[str, Any]:
        named = {name: world.ids[key] for name, key in self.object.items()}
        return ({"slug": slug} if self.slug else {}) | self.fixed | named
