"""The registry of menu entries. Systems above add theirs when their app is ready; this package knows none of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal

from django.conf import settings
from django.urls import NoReverseMatch, reverse

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.utils.functional import Promise

Place = Literal["menu", "admin", "new", "main", "desk", "foot"]
PLACES: Final[tuple[Place, ...]] = ("menu", "admin", "new", "main", "desk", "foot")
"""menu: under the person's name; admin: there as well, what is set up rather than worked on; new: « + Nouvelle
facture »; main: beside the insurer's name, for partners; desk: same place, for staff; foot: below every page of a
space, for anybody: its predicate gets the insurer."""


def _everybody(actor: Any) -> bool:
    return actor is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a menu.

    `predicate` gets the actor (`accounts.access.Actor`) and must not query the database. `count` gives the figure
    behind the label (« À corriger 3 »); it may cost one query and is asked for `main` and `desk` only. `post` makes a
    button of it, for acts (Déconnexion). `arguments` follow the insurer's slug in the URL.

    What lies below the entry's address belongs to its section. `covers` names what lies elsewhere: beginnings of
    addresses after the insurer's slug ("bureau/tribunal/"). Of several, the longest beginning decides.
    """

    place: Place
    label: str | Promise
    url_name: str
    order: int = 50
    predicate: Callable[[Any], bool] = _everybody
    arguments: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    code: str = ""  # 318.632
    hint: str | Promise = ""
    group: str | Promise = ""  # entries of one group stand together under its name; they must follow one another
    post: bool = False
    count: Callable[[Any], int] | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as this person sees it on this page."""

    label: str | Promise
    url: str
    code: str
    hint: str | Promise
    post: bool
    current: Literal["page", "true", ""]  # aria-current: this page, a page of this section, another
    count: int | None
    group: str | Promise = ""


_entries: dict[tuple[str, str, tuple[str, ...]], Entry] = {}


def register(entry: Entry) -> None:
    """Add an entry; call it from `AppConfig.ready`. Registering the same place and URL again replaces it."""
    _entries[entry.place, entry.url_name, entry.arguments] = entry


def links(place: Place, *, actor: Any, slug: str, path: str) -> list[Link]:
    """What `actor` sees at `place`, in order. An entry without a route (its system is not there) is absent."""
    found = sorted((entry for entry in _entries.values() if entry.place == place), key=lambda entry: entry.order)
    here = section(path, slug=slug)
    made = (_link(entry, actor, slug, path, here) for entry in found if entry.predicate(actor))
    return [link for link in made if link is not None]


def section(path: str, *, slug: str) -> str:
    """The address of the entry to whose section the page at `path` belongs, "" if it belongs to none. Whether anybody
    sees the entry does not matter: a page never counts as one of its neighbour's because its own entry is hidden.
    """
    longest, found = 0, ""
    for entry in _entries.values():
        url = "" if entry.post else _address(settings.ROOT_URLCONF, entry.url_name, slug, *entry.arguments)
        for beginning in (url, *(f"/{slug}/{part}" for part in entry.covers)) if url else ():
            if len(beginning) > longest and path.startswith(beginning):
                longest, found = len(beginning), url
    return found


def _link(entry: Entry, actor: Any, slug: str, path: str, here: str) -> Link | None:
    url = _address(settings.ROOT_URLCONF, entry.url_name, slug, *entry.arguments)
    if not url:
        return None
    counted = entry.count(actor) if entry.count and entry.place in {"main", "desk"} else None
    current: Literal["page", "true", ""] = "" if url != here else "page" if path == url else "true"
    return Link(entry.label, url, entry.code, entry.hint, entry.post, current, counted, entry.group)


@lru_cache(maxsize=4096)  # every page shows twenty of them
def _address(_routes: str, url_name: str, *arguments: str) -> str:
    """Where an entry leads with these routes; "" if there is no such route."""
    try:
        return reverse(url_name, args=arguments)
    except NoReverseMatch:
        return ""
