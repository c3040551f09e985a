"""A template that names something nobody gave it fails, instead of showing nothing."""

from __future__ import annotations

import pytest


class UndefinedVariable(AssertionError):
    """A template used a variable that its context does not have."""


class _Refuse(str):
    """Django fills « %s » in `string_if_invalid` with the variable's name: that is the moment to complain."""

    __slots__ = ()

    def __contains__(self, key: object) -> bool:
        return key == "%s"

    def __mod__(self, variable: object) -> str:
        raise UndefinedVariable(f"undefined in the template: {variable}")


@pytest.fixture(autouse=True)
def _undefined_variables_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.template import engines

    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", _Refuse("undefined"))
