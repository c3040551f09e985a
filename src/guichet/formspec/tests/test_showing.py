"""Answers and findings → sections and fields of a page."""

from __future__ import annotations

import pytest

from guichet.formspec.reading import read
from guichet.formspec.showing import Look, all_fields, sections
from guichet.formspec.tests.sample import Excursion
from guichet.ui.forms import Choice

pytestmark = pytest.mark.proves("FRM-01")

RAW = {"leader": "Anna", "start": "7h3", "walks": [{"on": "x", "way": "foot", "alone": "on"}, {"way": "car"}]}


def fields(raw=RAW, **look):
    return {view.name: view for view in all_fields(sections(Excursion, raw, Look(**look)))}


def test_the_page_has_the_forms_sections_in_their_order():
    shown = sections(Excursion, RAW, Look())
    assert [(section.title, [view.name for view in section.fields]) for section in shown] == [
        ("Personne", ["leader", "start", "decision", "reference"]),
        ("Trajets", []),
        ("Remarque", ["remark"]),
    ]
    table = shown[1].table
    assert (table.name, table.columns[:3], table.as_cards, [row.index for row in table.rows]) == (
        "walks",
        ("Date", "Moyen", "Kilomètres"),
        False,
        [0, 1],
    )


def test_a_form_never_filled_in_shows_one_empty_line():
    [row] = sections(Excursion, {}, Look())[1].table.rows
    assert [view.value for view in row.fields] == ["", "", "", "1", "", False]


def test_a_new_line_starts_with_what_is_preset():
    blank = sections(Excursion, RAW, Look(pins={"walks-0": "x"}))[1].table.blank
    assert {view.name: view.value for view in blank.fields if view.value} == {"walks-__index__-times": "1"}
    assert (blank.index, blank.note) == (-1, "")


@pytest.mark.proves("FRM-04")
def test_what_was_typed_stays_and_its_error_is_at_the_field():
    found = fields(findings=read(Excursion, RAW | {"remark": "x" * 2000}, 0).findings)
    assert (found["start"].value, found["walks-0-on"].value) == ("7h3", "x")
    assert [name for name, view in found.items() if view.errors] == ["start", "walks-0-on", "remark"]


def test_errors_of_a_table_and_of_a_line_are_beside_the_fields():
    from guichet.formspec.findings import blocking

    found = [blocking("a", "walks", "Trop."), blocking("b", "walks-1", "Double.")]
    table = sections(Excursion, RAW, Look(findings=found))[1].table
    assert (table.errors, [row.errors for row in table.rows]) == (("Trop.",), [(), ("Double.",)])


def test_a_warning_is_no_error_of_a_field():
    assert fields(findings=read(Excursion, RAW | {"start": ""}, 0).findings)["leader"].errors == ()


def test_kinds_choices_and_conditions_come_from_the_declaration():
    found = fields()
    assert {view.kind for view in found.values()} == {
        "text",
        "time",
        "textarea",
        "date",
        "select",
        "decimal",
        "integer",
        "amount",
        "checkbox",
    }
    assert found["walks-0-way"].choices == (Choice("", "—"), Choice("foot", "À pied"), Choice("car", "En voiture"))
    assert found["walks-0-kilometres"].attributes == {"data-shown-if": "way", "data-shown-for": "car"}
    assert [found[name].required for name in ("leader", "start", "walks-0-on", "walks-0-times")] == [
        True,
        False,
        True,
        False,
    ]


def test_a_list_that_is_not_the_forms_comes_with_the_look():
    choices = (Choice("1", "Anna"),)
    found = fields(choices={"leader": choices}, attributes={"leader": {"list": "people"}})["leader"]
    assert (found.choices, found.attributes) == (choices, {"list": "people"})


@pytest.mark.parametrize(("value", "ticked"), [("on", True), ("True", True), ("", False), ("False", False)])
def test_a_tick_is_a_truth_value(value, ticked):
    assert fields({"walks": [{"alone": value}]})["walks-0-alone"].value is ticked


@pytest.mark.proves("FRM-07")
def test_a_correction_shows_old_beside_new_where_they_differ():
    before = {"leader": "Anne", "start": "7h3", "walks": [{"on": "1.2.26", "way": "foot"}]}
    assert {name: view.previous for name, view in fields(previous=before).items() if view.previous} == {
        "leader": "Anne",
        "walks-0-on": "1.2.26",
    }
    assert not any(view.previous for view in fields().values())


@pytest.mark.proves("FRM-07")
def test_remarks_are_at_their_field_and_line():
    pins = {"leader": "Qui ?", "walks-1": "Double ?", "walks-0-on": "Quand ?"}
    found = fields(pins=pins)
    table = sections(Excursion, RAW, Look(pins=pins))[1].table
    assert {name: view.note for name, view in found.items() if view.note} == {
        "leader": "Qui ?",
        "walks-0-on": "Quand ?",
    }
    assert [row.note for row in table.rows] == ["", "Double ?"]


@pytest.mark.proves("FRM-07")
def test_what_was_not_flagged_may_be_locked():
    found = fields(editable=frozenset({"remark", "walks-0-on", "walks-1"}))
    free = {name for name, view in found.items() if not view.locked}
    assert free == {"remark", "walks-0-on", *(name for name in found if name.startswith("walks-1-"))}
    assert not any(view.locked for view in fields().values())
