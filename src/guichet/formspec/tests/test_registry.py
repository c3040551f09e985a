"""Which form types exist, by code and edition."""

from __future__ import annotations

import pytest

from guichet.formspec import registry
from guichet.formspec.tests.sample import Excursion

pytestmark = pytest.mark.proves("FRM-01")


@pytest.fixture(autouse=True)
def empty(monkeypatch):
    monkeypatch.setattr(registry, "_editions", {})


class Later(Excursion):
    """The next edition."""

    edition = "2027-01"


class Other(Excursion):
    """Another code."""

    code = "999.002"


def test_the_newest_edition_is_current_and_the_old_one_stays_readable():
    for form_type in (Later, Excursion, Other):
        registry.register(form_type)
    assert (registry.current("999.001"), registry.edition("999.001", "2026-01")) == (Later, Excursion)
    assert registry.codes() == ["999.001", "999.002"]
    assert list(registry.every()) == [Later, Excursion, Other]


def test_an_edition_is_declared_once():
    registry.register(Excursion)
    with pytest.raises(ValueError, match=r"999\.001 2026-01 is declared twice"):
        registry.register(Excursion)


@pytest.mark.parametrize("ask", [lambda: registry.current("x"), lambda: registry.edition("999.001", "x")])
def test_what_does_not_exist_is_a_key_error(ask):
    registry.register(Excursion)
    with pytest.raises(KeyError):
        ask()


def test_the_digest_changes_with_what_is_promised_and_not_with_the_language():
    from django.utils import translation

    french = Excursion.digest()
    with translation.override("de"):
        assert Excursion.digest() == french
    assert Later.digest() != "" != Other.digest()

    class Shorter(Excursion):
        sections = Excursion.sections[:2]

    assert Shorter.digest() != french


def test_a_form_without_example_says_so():
    from guichet.formspec.declare import FormType

    with pytest.raises(NotImplementedError):
        FormType.example()
