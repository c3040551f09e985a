"""Texts that want to be something else, and texts nobody expected (D02): printed as they are, or as □."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet import printing
from guichet.printing.tests import conformance, reading
from guichet.printing.tests.examples import receipt
from guichet.printing.texts import LONGEST, _known, printable

HOSTILE = [
    '#read("/etc/passwd")',
    '#eval("1 + 1") #{ 1 + 1 } #import "@preview/cetz:0.2.0": *',
    '#image("http://127.0.0.1:1/x.png")',
    "$ x^2 $ *fort* _penché_ `brut` = titre - point + point / terme: sens",
    ']#panic("x") ) } ] [ { (',
    "</style><script>alert(1)</script>",
    "{{ 7 * 7 }} {% include 'x' %} %s %(x)s {x}",
    "\\u{41} \\n <etiquette> @renvoi ~ -- --- ... // rien /* rien */",
    "\"droits\" 'simples' «vrais» ’",
    "--> -> <= != 0x10 1/2 fi ffl",
]
UNPRINTABLE = [
    ("emoji \U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f", "emoji □□□ □"),
    ("\u05e9\u05dc\u05d5\u05dd et \u0627\u0644\u0639", "□□□□ et □□□"),
    ("\u6f22\u5b57", "□□"),
    ("ab\u202ecd\u2066\u200b", "abcd"),
    ("\x00\x1b[31mrouge\x7f\ufeff", "[31mrouge"),
    ("\ud800 seul", " seul"),
    ("\ue000\U000f0000", "□□"),
    ("e\u0301", "é"),
    ("une\r\ndeux\u2028trois\tquatre\u3000cinq", "une\ndeux\ntrois quatre cinq"),
]


def with_text(text: str) -> bytes:
    """A receipt with the text in every place that a sender can fill."""
    fact = {"label": text, "value": text}
    changes = {
        "title": f"Facture {text}",
        "sent_by": text,
        "company": text,
        "remark": text,
        "groups": [{"title": text, "facts": [fact, fact]}],
        "tables": [{**table, "rows": [[text] * 7, *table["rows"]], "title": text} for table in receipt(2)["tables"]],
        "totals": [{"label": text, "value": text, "strong": True}],
        "attachments": [{"name": text, "note": text}],
    }
    return printing.pdf("printing/receipt", data={**receipt(2), **changes}, language="fr")


def remark(text: str) -> str:
    """What the paper says when the text is the remark."""
    document = printing.pdf("printing/receipt", data={**receipt(), "remark": text}, language="fr")
    return reading.between(document, "Total CHF 33.58 Remarque", "Pièces jointes")


@pytest.mark.proves("SEC-02")
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_printed_to_the_letter(text):
    document = with_text(text)  # the press gives up on what takes long
    conformance.assert_conforms(document)
    assert remark(text) == reading.letters(text)


@pytest.mark.proves("SEC-02")
@pytest.mark.parametrize(("text", "shown"), UNPRINTABLE)
def test_what_no_font_shows_becomes_a_square_and_what_nobody_sees_is_left_out(text, shown):
    assert printable(text) == shown
    conformance.assert_conforms(with_text(text))
    assert remark(text) == reading.letters(shown)


@pytest.mark.proves("SEC-02")
@pytest.mark.parametrize("letter", ["M", "m", "7", "é", "-"])
def test_endless_word_is_cut_and_broken_inside_the_page(letter):
    document = with_text(letter * 10_000)
    conformance.assert_conforms(document)
    assert reading.widest(document) <= reading.RIGHT_MARGIN
    assert remark(letter * 10_000) == reading.letters(letter * (LONGEST - 1) + "…")


@given(st.text(max_size=5000))
def test_printable_text_has_only_known_characters_and_a_limit(text):
    shown = printable(text)
    assert set(shown) - _known() == set()
    assert len(shown) <= LONGEST


def test_every_character_of_the_fonts_can_be_printed():
    known = sorted(_known() - {"\n"})
    rows = ["".join(known[start : start + 400]) for start in range(0, len(known), 400)]
    groups = [{"title": "Tout", "facts": [{"label": "x", "value": row} for row in rows]}]
    data = {**receipt(), "tables": [], "groups": groups}
    conformance.assert_conforms(printing.pdf("printing/receipt", data=data, language="fr"))


def test_three_hundred_pages_are_printed():
    columns = [{"label": "Date", "align": "left"}, {"label": "Rapport", "align": "left"}]
    table = {"title": "Journal", "columns": columns, "rows": [["05.11.2026", "Une phrase sans fin. " * 24]] * 4000}
    document = printing.pdf("printing/receipt", data={**receipt(), "tables": [table]}, language="fr")
    assert len(reading.pages(document)) > 300
