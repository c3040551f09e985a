"""Texts as they may be printed: characters our fonts have, of a length that fits a document.

PDF/A-2a refuses a document with a glyph that is missing, so that what the fonts cannot show becomes □. What nobody
can see (controls, marks of direction, joiners) is left out: it could only mislead the reader.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

LONGEST: Final = 4000  # characters; longer texts end in …
LARGEST_PICTURE: Final = 256 * 1024  # characters of SVG
MISSING: Final = "□"
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs"})
_BREAKS: Final = str.maketrans({"\r": "\n", "\u2028": "\n", "\u2029": "\n", "\v": "\n", "\f": "\n", "\t": " "})


@cache
def _known() -> frozenset[str]:
    """The characters of the shipped fonts (`fonts/coverage.json`: ranges, both ends included), and the line break."""
    ranges = json.loads((Path(__file__).parent / "fonts" / "coverage.json").read_text())
    return frozenset("\n").union(chr(point) for first, last in ranges for point in range(first, last + 1))


def printable(text: str) -> str:
    """One text made fit for paper: of at most `LONGEST` characters, each of which the fonts have."""
    shown = unicodedata.normalize("NFC", text)
    if not _known().issuperset(shown):
        shown = "".join(map(_shown, shown.replace("\r\n", "\n").translate(_BREAKS)))
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"


def _shown(character: str) -> str:
    if character in _known():
        return character
    category = unicodedata.category(character)
    if category in _INVISIBLE or category.startswith("M"):
        return ""
    return " " if category == "Zs" else MISSING


def printable_data(value: object, key: str = "") -> object:
    """A JSON value with every text made printable. Pictures, under keys ending in `_svg`, are left as they are.

    Raises `ValueError` for a picture of more than 256 Ki characters and `TypeError` for what JSON does not know.
    """
    if isinstance(value, str):
        return _picture(value) if key.endswith("_svg") else printable(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(name): printable_data(item, str(name)) for name, item in value.items()}
    if isinstance(value, Sequence):
        return [printable_data(item, key) for item in value]
    raise TypeError(f"{type(value).__name__} under {key!r} is not JSON")


def _picture(svg: str) -> str:
    if len(svg) > LARGEST_PICTURE:
        raise ValueError("a picture is too large to print")
    return svg
