"""Menus are what systems registered and the person may see."""

import pytest

from guichet.ui import navigation
from guichet.ui.navigation import Entry, Link, links, register


@pytest.fixture(autouse=True)
def _empty_registry(monkeypatch):
    monkeypatch.setattr(navigation, "_entries", {})


def seen(place, actor, path="/vs/"):
    return links(place, actor=actor, slug="vs", path=path)


def test_entries_come_in_their_order_with_their_address(actor):
    register(Entry(place="menu", label="Déconnexion", url_name="accounts:logout", order=99, post=True))
    register(Entry(place="menu", label="Guichet", url_name="invoices:counter", order=10))
    assert seen("menu", actor, "/vs/factures/") == [
        Link("Guichet", "/vs/factures/", "", "", post=False, current="page", count=None),
        Link("Déconnexion", "/vs/compte/logout/", "", "", post=True, current="", count=None),
    ]


@pytest.mark.proves("ORG-01")
def test_entry_the_person_may_not_see_is_absent(actor):
    register(
        Entry(place="menu", label="Ma société", url_name="invoices:counter", predicate=lambda actor: actor.is_manager)
    )
    actor.is_manager = False
    assert seen("menu", actor) == []


def test_entry_of_a_system_that_is_not_there_is_absent(actor):
    register(Entry(place="menu", label="Enregistrements", url_name="recordings:list"))
    assert seen("menu", actor) == []


@pytest.mark.proves("INV-02")
def test_new_entries_carry_the_form_number(actor):
    register(Entry(place="new", label="Autre facture", code="318.632", url_name="invoices:new", arguments=("318.632",)))
    assert [(link.code, link.url) for link in seen("new", actor)] == [("318.632", "/vs/factures/new/318.632/")]


def test_new_entries_stand_under_the_name_of_their_group(actor):
    for code, group in (("300.001", "Moyens auxiliaires"), ("318.632", "")):
        register(Entry(place="new", label=code, url_name="invoices:new", arguments=(code,), group=group))
    assert [(link.label, link.group) for link in seen("new", actor)] == [
        ("300.001", "Moyens auxiliaires"),
        ("318.632", ""),
    ]


def test_counts_are_asked_in_the_main_navigation_only(actor):
    for place in ("menu", "desk"):
        register(Entry(place=place, label="File", url_name="invoices:counter", count=lambda _: 12))
    assert (seen("menu", actor)[0].count, seen("desk", actor)[0].count) == (None, 12)


def test_registering_again_replaces(actor):
    for label in ("Avant", "Après"):
        register(Entry(place="menu", label=label, url_name="invoices:counter"))
    assert [link.label for link in seen("menu", actor)] == ["Après"]


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        ("/vs/factures/", {"Guichet": "page"}),
        ("/vs/factures/new/318.632/", {"Nouvelle": "page"}),
        ("/vs/factures/new/318.632/suite/", {"Nouvelle": "true"}),
        ("/vs/factures/12/", {"Guichet": "true"}),
        ("/vs/pieces/12/", {"Guichet": "true"}),
        ("/vs/compte/", {}),
        ("/be/factures/12/", {}),
    ],
)
def test_a_page_marks_its_section(actor, path, marked):
    register(Entry(place="desk", label="Guichet", url_name="invoices:counter", covers=("pieces/",)))
    register(Entry(place="desk", label="Nouvelle", url_name="invoices:new", arguments=("318.632",)))
    assert {link.label: link.current for link in seen("desk", actor, path) if link.current} == marked


def test_a_page_of_a_hidden_entry_marks_no_neighbour(actor):
    register(Entry(place="desk", label="Guichet", url_name="invoices:counter"))
    register(
        Entry(place="desk", label="Nouvelle", url_name="invoices:new", arguments=("1",), predicate=lambda _actor: False)
    )
    assert [link.current for link in seen("desk", actor, "/vs/factures/new/1/")] == [""]
