"""An insurer's colour, readable on paper and in the dark."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.ui import colour
from guichet.ui.views import theme_css

colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#767676", "#ffffff", 4.54),
        ("#777777", "#ffffff", 4.48),
    ],
)
def test_contrast_is_that_of_wcag(one, other, expected):
    assert round(colour.contrast(one, other), 2) == expected


@given(colours)
def test_shade_for_the_dark_can_always_be_read(accent):
    shade = colour.on_dark(accent)
    assert colour.contrast(shade, colour.DARK_PAPER) >= colour.ENOUGH


def test_accent_that_cannot_be_read_on_white_is_refused():
    assert [colour.is_readable_accent(accent) for accent in ("#b5121b", "#ffcc00", "#767676")] == [True, False, True]


def test_theme_holds_both_shades():
    assert theme_css("#b5121b") == ":root{--accent:#b5121b;--accent-dark:#d67d82}\n"


@pytest.mark.parametrize("accent", ["red", "#fff", "#ffcc00", "#000000}body{display:none"])
def test_theme_of_a_colour_that_is_none_is_the_platforms_own(accent):
    assert theme_css(accent) == ""


@pytest.mark.parametrize("text", ["red", "#12345", "#1234567", "123456"])
def test_colour_is_six_hexadecimal_digits(text):
    with pytest.raises(ValueError, match="not a colour"):
        colour.channels(text)
