"""Addresses of the lines of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.urls import reverse

if TYPE_CHECKING:
    from collections.abc import Callable

_ANY: Final = UUID(int=0)


def addresses(name: str, *arguments: str) -> Callable[[UUID], str]:
    """Addresses that differ in a UUID, the last argument: looked up once for a page, not for each line."""
    before, after = reverse(name, args=(*arguments, _ANY)).split(str(_ANY))
    return lambda key: f"{before}{key}{after}"
