from __future__ import annotations

import pytest

from guichet import printing
from guichet.printing.catalogue import TEMPLATES
from guichet.printing.tests import reading

OWN = """
#import "house.typ": *
#let data = json("data.json")
#show: house.with(title: data.subject, author: "x", language: data.language, running: ("", ""), pages: "{page}/{pages}")
#flow(data.body, page-width)
"""


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "own.typ"
    path.write_text(OWN)
    printing.register("tests/own", path)
    yield "tests/own"
    printing.catalogue._documents.pop("tests/own")


def test_system_prints_a_document_of_its_own(own):
    data = {"subject": "Avis", "body": "Une ligne\net une autre.", "created_at": "2026-11-05T13:32:10+00:00"}
    assert reading.pages(printing.pdf(own, data=data, language="fr")) == ["Une ligne\net une autre.\n1/1"]


def test_document_without_its_date_is_refused(own):
    with pytest.raises(KeyError, match="created_at"):
        printing.pdf(own, data={"subject": "Avis", "body": ""}, language="fr")


def test_data_that_are_not_json_are_refused(own):
    data = {"subject": "Avis", "body": {1, 2}, "created_at": "2026-11-05T13:32:10+00:00"}
    with pytest.raises(TypeError, match="set under 'body' is not JSON"):
        printing.pdf(own, data=data, language="fr")


def test_too_large_a_picture_is_refused(own):
    data = {"subject": "Avis", "body": "", "x_svg": "x" * 300_000, "created_at": "2026-11-05T13:32:10+00:00"}
    with pytest.raises(ValueError, match="too large"):
        printing.pdf(own, data=data, language="fr")


def test_name_belongs_to_one_file(own):
    with pytest.raises(ValueError, match=r"tests/own is own\.typ already"):
        printing.register(own, TEMPLATES / "receipt.typ")


def test_templates_use_no_packages():
    used = [path.name for path in TEMPLATES.glob("*.typ") if '"@' in path.read_text(encoding="utf-8")]
    assert used == []
