"""Where a person arrives after the login. The systems above register their pages; accounts knows none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import NoReverseMatch, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme

if TYPE_CHECKING:
    from guichet.accounts.access import Actor, Demand
    from guichet.tenancy.models import Insurer

_STAFF: Final = [
    "invoices:desk_queue",
    "recordings:archive",
    "accounts:vetting",
    "accounts:staff",
    "audit:list",
    "accounts:me",
]
_ALWAYS: Final = frozenset({"accounts", "audit"})  # not a system an insurer enables
_PARTNER: Final = ["invoices:counter", "accounts:me"]
_EXPERT: Final = ["recordings:mandates", "accounts:me"]


def landing(actor: Actor) -> str:
    """The first page of the list that exists and that this person may open."""
    expert = actor.affiliation is not None and actor.affiliation.kind in {"expert", "centre"}
    names = _STAFF if actor.is_staff else _EXPERT if expert else _PARTNER
    return next(filter(None, (_open_to(name, actor) for name in names)), f"/{actor.insurer.slug}/")


def _open_to(name: str, actor: Actor) -> str:
    system = name.partition(":")[0]
    if system not in _ALWAYS and system not in actor.insurer.systems:
        return ""
    try:
        url = reverse(name, args=[actor.insurer.slug])
    except NoReverseMatch:
        return ""
    demand: Demand | None = getattr(resolve(url).func, "demand", None)
    return url if demand is not None and demand.met_by(actor) else ""


def own_path(path: str, insurer: Insurer) -> str:
    """The path if it leads into this very space, else nothing: no redirect ever leaves it (ASVS 3.7.2)."""
    inside = path.startswith(f"/{insurer.slug}/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if inside and len(path) <= 500 and "\\" not in path else ""
