"""What was posted → typed answers and findings."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest

from guichet.formspec.findings import words
from guichet.formspec.reading import LONGEST_TEXT, MOST_ROWS, nest, read, within
from guichet.formspec.tests.sample import Excursion, Way

pytestmark = pytest.mark.proves("FRM-04")

WALK = {"on": "3.2.26", "way": "foot"}
RAW = {"leader": "Anna Exemple", "walks": [WALK]}


def reading(context=100, **answers):
    return read(Excursion, RAW | answers, context)


def said(**answers):
    return [(finding.place, words(finding)) for finding in reading(**answers).findings]


def test_rows_of_a_page_become_lists_in_their_order():
    posted = {"leader": "Anna", "walks-7-on": "1.2.26", "walks-0-way": "car", "walks-0-on": "x", "walks-10-on": "y"}
    assert nest(posted, Excursion) == {
        "leader": "Anna",
        "walks": [{"way": "car", "on": "x"}, {"on": "1.2.26"}, {"on": "y"}],
    }


@pytest.mark.proves("SEC-02")
def test_names_nobody_asked_for_are_left_out():
    posted = {
        "leader": "Anna",
        "status": "accepted",
        "insurer_id": "2",
        "walks": "all",
        "walks-0-amount": "1",
        "walks-0-__class__": "x",
        "leader-0-on": "x",
        "walks-0-on-extra": "x",
        "walks--1-on": "x",
        "__proto__": "x",
        "model_fields": "x",
        "rules": "x",
    }
    assert nest(posted, Excursion) == {"leader": "Anna", "walks": []}


@pytest.mark.proves("SEC-02")
def test_ten_thousand_fields_and_huge_indexes_stay_small():
    posted = {f"walks-{index}-on": "1.1.26" for index in range(10_000)} | {
        "walks-99999-on": "x",
        f"walks-{9**40}-on": "x",
    }
    raw = nest(posted, Excursion)
    assert (len(raw["walks"]), raw["walks"][0]) == (MOST_ROWS, {"on": "1.1.26"})
    assert said(walks=raw["walks"])[-1] == ("walks", "Répartissez vos lignes : 3 au plus par facture.")


@pytest.mark.proves("SEC-02")
def test_long_answers_are_cut_and_nul_is_dropped():
    raw = nest({"leader": "a\0b" * 9_000, "walks-0-on": "\0" * 10}, Excursion)
    assert (raw["leader"][:4], len(raw["leader"]) <= LONGEST_TEXT, raw["walks"]) == ("abab", True, [{"on": ""}])


def test_the_last_of_equal_names_counts():
    from django.http import QueryDict

    assert nest(QueryDict("leader=a&leader=b&walks-0-on=1&walks-0-on=2"), Excursion) == {
        "leader": "b",
        "walks": [{"on": "2"}],
    }


def test_answers_get_their_types_in_every_usual_spelling():
    row = {"on": "3.2.26", "way": "car", "kilometres": "12,5", "times": "2", "price": "CHF 1'234.50", "alone": "on"}
    answers = reading(context=9999, start="7h30", reference=" 21 00000 00003 13947 14300 09017 ", walks=[row]).answers
    [walk] = answers.walks
    assert (answers.start, answers.reference) == (time(7, 30), "210000000003139471430009017")
    assert {name: getattr(walk, name) for name in row} == {
        "on": date(2026, 2, 3),
        "way": Way.CAR,
        "kilometres": Decimal("12.5"),
        "times": 2,
        "price": Decimal("1234.50"),
        "alone": True,
    }


def test_stored_answers_read_as_they_were():
    answers = reading(walks=[WALK | {"price": "1.5"}]).answers
    stored = answers.model_dump(mode="json")
    assert read(Excursion, stored, 100).answers == answers
    assert (stored["walks"][0]["price"], stored["walks"][0]["on"]) == ("1.50", "2026-02-03")


def test_nothing_typed_is_lost_when_something_cannot_be_read():
    raw = {"leader": "", "walks": [{"on": "  31.2.26 ", "way": "fly"}], "remark": "x" * 2000}
    found = read(Excursion, raw, 100)
    assert (found.answers, found.raw, found.is_blocked) == (None, raw, True)


@pytest.mark.parametrize("nothing", ["", "   ", "\u200b"])
def test_a_required_answer_is_asked_for_by_its_label(nothing):
    assert said(leader=nothing) == [("leader", "Le champ Responsable est obligatoire.")]


@pytest.mark.parametrize(
    ("answers", "place", "text"),
    [
        ({"remark": "x" * 1001}, "remark", None),
        ({"start": "25:00"}, "start", None),
        ({"decision": "123"}, "decision", None),
        ({"reference": "123"}, "reference", None),
        ({"walks": []}, "walks", "Ajoutez au moins une ligne."),
        ({"walks": [{}, {"way": "foot"}]}, "walks", "Ajoutez au moins une ligne."),
        ({"walks": [WALK] * 4}, "walks", "Répartissez vos lignes : 3 au plus par facture."),
        ({"walks": [WALK | {"way": "fly"}]}, "walks-0-way", "Choisissez une valeur de la liste."),
        ({"walks": [WALK | {"times": "0"}]}, "walks-0-times", "Saisissez au moins 1."),
        ({"walks": [WALK | {"times": "10"}]}, "walks-0-times", "Saisissez au plus 9."),
        ({"walks": [WALK | {"times": "1.5"}]}, "walks-0-times", None),
        ({"walks": [WALK | {"price": "douze"}]}, "walks-0-price", None),
        ({"walks": [{"way": "foot", "price": "1"}]}, "walks-0-on", "Le champ Date est obligatoire."),
        ({"walks": [{}, WALK, {"on": "x", "way": "foot"}]}, "walks-2-on", None),
        ({"walks": [{}, WALK | {"way": "car"}]}, "walks-1-kilometres", "Indiquez les kilomètres."),
        ({"walks": [{}, WALK | {"way": "car", "kilometres": "-1"}]}, "walks-1-kilometres", None),
    ],
)
def test_a_finding_names_its_place_and_says_what_to_do(answers, place, text):
    [(found, said_there)] = said(**answers)
    assert (found, said_there if text else None) == (place, text)
    assert said_there


def test_empty_and_preselected_rows_were_not_started():
    rows = [{}, {"on": " ", "way": ""}, {"way": "car", "times": "1", "alone": "False"}, WALK]
    assert len(reading(walks=rows).answers.walks) == 1


def test_a_question_that_does_not_apply_is_not_read():
    [walk] = reading(walks=[WALK | {"kilometres": "abc"}]).answers.walks
    assert walk.kilometres is None


def test_a_warning_blocks_nothing_and_comes_with_its_words():
    found = reading(leader="Anna")
    assert (found.is_blocked, [words(finding) for finding in found.findings]) == (
        False,
        ["Un nom manque-t-il à « Anna » ?"],
    )


def test_a_check_of_the_whole_waits_until_nothing_else_blocks():
    dear = WALK | {"price": "500"}
    assert said(walks=[dear]) == [("walks", "Trop cher.")]
    assert said(walks=[dear | {"way": "car"}]) == [("walks-0-kilometres", "Indiquez les kilomètres.")]


def test_a_finding_keeps_its_legal_source():
    [finding] = reading(walks=[WALK | {"way": "car"}]).findings
    assert (finding.source, finding.code) == ("RAI 90", "walk.far")


@pytest.mark.proves("SEC-02")
@pytest.mark.parametrize("hostile", ["{leader}", "{0.__class__}", "%s", "{{ x }}", "\u202e", "'; DROP TABLE x; --"])
def test_hostile_answers_are_only_answers(hostile):
    found = reading(leader=f"{hostile}x", remark=hostile)
    assert not found.is_blocked
    assert all(words(finding) for finding in found.findings)


@pytest.mark.proves("FRM-07")
def test_within_keeps_everything_but_the_editable_places():
    before = {"leader": "Anna", "remark": "alt", "walks": [{"on": "1", "way": "foot"}, {"on": "2", "way": "car"}]}
    typed = {"leader": "X", "remark": "neu", "walks": [{"on": "9", "way": "car"}, {"on": "8"}, {"on": "7"}]}
    results = {
        "remark": within(typed, before, {"remark"}),
        "a field of a line": within(typed, before, {"walks-0-on"}),
        "a line": within(typed, before, {"walks-1"}),
        "a table": within(typed, before, {"walks"}),
        "nothing": within(typed, before, set()),
        "posted nothing": within({}, before, {"walks-0-on"}),
    }
    assert results == {
        "remark": before | {"remark": "neu"},
        "a field of a line": before | {"walks": [{"on": "9", "way": "foot"}, before["walks"][1]]},
        "a line": before | {"walks": [before["walks"][0], {"on": "8"}]},
        "a table": before | {"walks": typed["walks"]},
        "nothing": before,
        "posted nothing": before | {"walks": [{"way": "foot"}, before["walks"][1]]},
    }
