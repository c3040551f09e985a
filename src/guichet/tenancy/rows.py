"""Asking for the one row of a unique condition."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model

if TYPE_CHECKING:
    from django.db.models import QuerySet

M = TypeVar("M", bound=Model)


def one_or_none(rows: QuerySet[M]) -> M | None:
    """The row, or None; `first()` would have it sorted, and saying so costs more than finding it."""
    try:
        return rows.get()
    except ObjectDoesNotExist:
        return None
