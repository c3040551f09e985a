"""Text and file names from outside."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.kernel.findings import Invalid
from guichet.kernel.text import LONGEST_NAME, clean_display_name, clean_line, clean_text, searchable

anything = st.text(st.characters(), max_size=300)  # surrogates and control characters included


def test_text_keeps_its_lines_and_loses_what_cannot_be_seen():
    assert clean_text(" a\r\nb\rc\u2028d\t\u202ee\u0000\ud800\ufefff\u00adg ") == "a\nb\nc\nd efg"


def test_text_is_composed():
    assert clean_text("e\u0301te\u0301") == "été"


def test_text_keeps_joiners_that_scripts_need():
    assert clean_text("می\u200cخواهم") == "می\u200cخواهم"


def test_line_is_one_line_with_single_spaces():
    assert clean_line("  Home\u00a0 Les\r\n Lutins\t ") == "Home Les Lutins"


@pytest.mark.parametrize("call", [clean_text, clean_line])
def test_text_over_the_limit_says_how_long_it_is(call):
    with pytest.raises(Invalid) as refused:
        call("x" * 11, 10)
    assert (refused.value.code, refused.value.params) == ("text.too_long", {"limit": 10, "length": 11})


@pytest.mark.parametrize("call", [clean_text, clean_line])
def test_absurdly_long_text_is_not_even_looked_at(call):
    with pytest.raises(Invalid) as refused:
        call(" " * 5000, 10)
    assert refused.value.params == {"limit": 10, "length": 5000}


@given(anything)
def test_clean_text_is_clean_twice(text):
    once = clean_line(text, 400)
    assert clean_line(once, 400) == once
    assert [sign for sign in once if unicodedata.category(sign) in {"Cc", "Cs", "Co"}] == []
    once.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Müller-Çelik", "muller-celik"),
        ("ŒUVRE  Straße", "oeuvre strasse"),
        ("D’Angelo", "d'angelo"),
        ("Łódź İstanbul", "lodz istanbul"),
    ],
)
def test_search_ignores_case_and_accents(text, expected):
    assert searchable(text) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../x", "x"),
        ("..\\..\\x", "x"),
        ("C:\\Users\\x\\Rechnung März.pdf", "Rechnung März.pdf"),
        ("a\u0000b.pdf", "ab.pdf"),
        ("facture\u202egnp.exe", "facturegnp.exe"),
        ("a\r\nContent-Type: text/html.pdf", "html.pdf"),
        ("a\r\nb.pdf", "ab.pdf"),
        ('a"b;c.pdf', "a_b;c.pdf"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("CONTRAT.pdf", "CONTRAT.pdf"),
        (".htaccess", "htaccess"),
        ("", "document"),
        ("..", "document"),
        ("dossier/", "document"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("x" * 300, "x" * 120),
        ("x" * 300 + "." + "y" * 30, "x" * 120),
    ],
)
def test_file_name_is_shown_cleaned(name, expected):
    assert clean_display_name(name) == expected


@given(anything)
def test_any_file_name_becomes_a_harmless_one(name):
    shown = clean_display_name(name)
    assert 1 <= len(shown) <= LONGEST_NAME + 1
    assert [sign for sign in shown if sign in '/\\"\r\n\0\u202e' or sign < " "] == []
    assert clean_display_name(shown) == shown
