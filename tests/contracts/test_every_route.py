"""Every address has an owner: a mark that says who may come, and a line in `routes.txt` that a reviewer has seen.

After adding an address: `python -m tests.contracts.test_every_route` writes the list anew; read the difference.
"""

from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

LISTING = Path(__file__).with_name("routes.txt")
# Without a mark, each with its reason: at most 12.
UNMARKED: set[str] = set()


def _patterns(resolver, prefix="", names=()):
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, path, (*names, *filter(None, [entry.namespace])))
        elif isinstance(entry, URLPattern):
            yield path, ":".join((*names, entry.name or "")), entry.callback


def _owner(callback):
    demand = getattr(callback, "demand", None)
    if demand is None:
        return "UNMARKED"
    if demand.public:
        return "public"
    words = ["manager" if demand.manager else demand.side or "signed in"]
    words += [f"right={demand.right}"] if demand.right else []
    words += [f"right={'|'.join(sorted(demand.any_right))}"] if demand.any_right else []
    words += [f"roles={','.join(sorted(demand.roles))}"] if demand.roles else []
    return " ".join(words)


def _listing():
    rows = sorted((f"/{path}", name, _owner(callback)) for path, name, callback in _patterns(get_resolver()))
    return "".join(f"{path:<70} {name:<40} {owner}\n" for path, name, owner in rows)


@pytest.mark.proves("SEC-02")
def test_every_route_has_an_owner():
    unmarked = {path for path, _name, callback in _patterns(get_resolver()) if _owner(callback) == "UNMARKED"}
    assert unmarked - UNMARKED == set()
    assert len(UNMARKED) <= 12


def test_every_route_is_listed_with_its_owner():
    assert LISTING.read_text() == _listing()


if __name__ == "__main__":
    import django

    django.setup()
    LISTING.write_text(_listing())
