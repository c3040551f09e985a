"""Answers → words: for the PDF, the summary and the desk."""

from __future__ import annotations

import pytest

from guichet.formspec.declare import Asked
from guichet.formspec.paper import Fact, sections
from guichet.formspec.tests.sample import Excursion

pytestmark = pytest.mark.proves("FRM-03", "FRM-06")

FULL = {
    "leader": "Anna Exemple",
    "start": "07:30",
    "remark": "Merci.\nBeaucoup.",
    "walks": [
        {"on": "03.02.2026", "way": "car", "kilometres": "1200.5", "price": "1234.5", "alone": "on"},
        {"on": "04.02.2026", "way": "foot", "times": "3"},
    ],
}


def test_everything_answered_is_said_in_swiss_formats():
    person, walks, remark = sections(Excursion.model_validate(FULL), replaced={})
    assert person.facts == (Fact("leader", "Responsable", "Anna Exemple"), Fact("start", "Départ", "07:30"))
    assert walks.table.columns == ("Date", "Moyen", "Kilomètres", "Nombre", "Prix", "Sans accompagnant")
    assert walks.table.numeric == (False, False, True, True, True, False)
    assert walks.table.rows == (
        ("03.02.2026", "En voiture", "1'200.5", "1", "1'234.50", "Oui"),
        ("04.02.2026", "À pied", "", "3", "", ""),
    )
    assert remark.facts == (Fact("remark", "Remarque", "Merci.\nBeaucoup."),)


def test_columns_and_sections_nobody_filled_in_are_left_out():
    person, walks = sections(Excursion.example(), replaced={})
    assert (len(person.facts), walks.table.columns) == (1, ("Date", "Moyen"))


def test_references_are_replaced_by_words_and_some_answers_left_out():
    shown = sections(Excursion.model_validate(FULL), replaced={"leader": "Exemple, Anna"}, left_out=("remark", "start"))
    assert [[fact.value for fact in section.facts] for section in shown] == [["Exemple, Anna"], []]


def test_a_line_too_wide_for_paper_becomes_facts(monkeypatch):
    monkeypatch.setattr("guichet.formspec.paper._WIDEST", 3)
    _person, first, second, _remark = sections(Excursion.model_validate(FULL), replaced={})
    assert (first.title, second.title) == ("Trajets – 1", "Trajets – 2")
    assert [(fact.place, fact.value) for fact in second.facts] == [
        ("walks-1-on", "04.02.2026"),
        ("walks-1-way", "À pied"),
        ("walks-1-times", "3"),
    ]


def test_a_field_without_a_question_is_a_mistake_of_the_programmer():
    class Bare(Asked):
        nothing: str

    with pytest.raises(TypeError, match="Field nothing has no Ask"):
        Bare.asks()
