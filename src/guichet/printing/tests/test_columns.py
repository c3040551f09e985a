from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.printing.columns import PAGE, column_widths, is_tight

TEXT = st.text(max_size=80)


@given(rows=st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=8), width=st.none() | st.floats(5, 60))
def test_columns_fill_the_page_whatever_is_in_them(rows, width):
    widths = column_widths(["Date", "Trajet", "Montant CHF"], rows, [None, None, width])
    assert sum(widths) == pytest.approx(PAGE)
    assert min(widths) > 4


def test_columns_with_a_width_keep_it():
    assert column_widths(["N°", "Document"], [["1", "x"]], [8.0, None]) == [8.0, PAGE - 8.0]


def test_longer_texts_get_more_room():
    short, long = column_widths(["A", "B"], [["x" * 5, "mots " * 20]], [None, None])
    assert short < long


def test_columns_that_cannot_all_fit_are_narrowed_alike():
    widths = column_widths(["x" * 20] * 10, [], [None] * 10)
    assert widths == pytest.approx([PAGE / 10] * 10)


@pytest.mark.parametrize(
    ("text", "width", "tight"),
    [
        ("01.10.2026", 20.0, False),
        ("Behindertentransportdienst", 40.0, True),
        ("Behindertentransportdienst", 60.0, False),
        ("MMMMMMMMMM", 22.0, True),
        ("beaucoup de mots courts", 20.0, False),
    ],
)
def test_column_is_tight_if_a_word_may_stick_out(text, width, tight):
    assert is_tight([text], width) is tight
