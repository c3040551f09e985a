"""Cutting a list that has no order shows different rows each time: it fails."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import QuerySet


class Unordered(AssertionError):
    """A query set without an order was sliced or paginated."""


@pytest.fixture(autouse=True)
def _unordered_slices_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = QuerySet.__getitem__

    def ordered(self: QuerySet[Any], key: Any) -> Any:
        single = isinstance(key, slice) and key == slice(None, None)
        if isinstance(key, slice) and not single and not self.ordered and self._result_cache is None:
            raise Unordered(f"{self.model.__name__}: order_by() before slicing")
        return plain(self, key)

    monkeypatch.setattr(QuerySet, "__getitem__", ordered)
