"""The banks' alphabet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.kernel.findings import Invalid
from guichet.kernel.sepa_text import check_id, is_allowed, to_id, transliterate


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Zoë Müller-Çelik, Łódź 1'234.50 €", "Zoë Müller-Çelik, Łódź 1'234.50 €"),
        ("Crèche “Les Lutins” – n° 5…", 'Crèche "Les Lutins" - n° 5...'),
        ("Ђорђе Петровић", "Djordje Petrovic"),
        ("Γιώργος Παπάς", "Giorgos Papas"),
        ("Nguyễn Văn Ơn", "Nguyen Văn On"),
        ("Ștefan Țepeș", "Ștefan Țepeș"),
        ("Ṣ ⱥ ﬁ", "S a fi"),
        ("日本", ".."),
        ("a\u200bb\u0000c\ud800", "abc"),
        ("deux\nlignes", "deux lignes"),
    ],
)
def test_text_becomes_what_a_bank_takes(text, expected):
    assert transliterate(text) == expected


@given(st.text(st.characters(), max_size=80))
def test_any_text_becomes_what_a_bank_takes(text):
    assert is_allowed(transliterate(text))
    assert check_id(to_id(text)) == to_id(text)


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=80))
def test_text_a_bank_takes_is_left_alone(text):
    assert transliterate(text) == text


@pytest.mark.parametrize("good", ["VS-2026-000123", "a", "a b(c)+,-./:?'", "x" * 35])
def test_identification_in_the_small_alphabet_is_accepted(good):
    assert check_id(good) == good


@pytest.mark.parametrize("bad", ["", " a", "/a", "a/", "a//b", "x" * 36, "é", "a_b", "a\n", "a&b"])
def test_identification_outside_the_small_alphabet_is_refused(bad):
    with pytest.raises(Invalid, match=r"^sepa\.id$"):
        check_id(bad)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Łódź_n°5", "Lodz-n5"),
        ("//a//b//", "a/b"),
        ("Straße œuvre €", "Strasse oeuvre EUR"),
        ("日本", ".."),
        ("/", "-"),
        ("", "-"),
    ],
)
def test_identification_is_made_from_any_text(text, expected):
    assert to_id(text) == expected
