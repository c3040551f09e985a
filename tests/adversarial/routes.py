"""Every address of the platform: what it needs, who owns it, and what the owner gets (security.md §1.9).

An address that is not in `addresses/` fails the suite. `object` names the arguments that point at a thing of the
company A or of its office; `owner` is the role for which the same request must succeed, or the crawler would
prove nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.adversarial.addresses import collect
from tests.adversarial.route import Route

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ROUTES", "Route", "patterns"]

ROUTES: dict[str, Route] = collect()


def patterns(resolver: Any = None, names: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """(name with namespaces, view) of every address there is."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, (*names, *filter(None, [entry.namespace])))
        elif isinstance(entry, URLPattern):
            yield ":".join((*names, entry.name or "")), entry.callback
