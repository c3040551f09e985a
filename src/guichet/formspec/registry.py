"""Which form types exist, by code and edition. A published edition stays readable for ever (FRM-01)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guichet.formspec.declare import FormType

_editions: dict[str, dict[str, type[FormType]]] = {}


def register(form_type: type[FormType]) -> type[FormType]:
    """Class decorator: publish a form type. Raises ValueError for a second class with the same code and edition."""
    editions = _editions.setdefault(form_type.code, {})
    if form_type.edition in editions:
        message = f"{form_type.code} {form_type.edition} is declared twice."
        raise ValueError(message)
    editions[form_type.edition] = form_type
    return form_type


def current(code: str) -> type[FormType]:
    """The newest edition. KeyError if the code is unknown."""
    editions = _editions[code]
    return editions[max(editions)]


def edition(code: str, name: str) -> type[FormType]:
    """One edition, also an old one. KeyError if unknown."""
    return _editions[code][name]


def codes() -> list[str]:
    """The codes of all form types, in the order of their declaration."""
    return list(_editions)


def every() -> Iterator[type[FormType]]:
    """All editions of all form types."""
    for editions in _editions.values():
        yield from editions.values()
