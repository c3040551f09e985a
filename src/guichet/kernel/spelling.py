"""The characters people and their programs put into numbers: one list, the same in `formats.js`."""

from __future__ import annotations

import re
from typing import Final

from guichet.kernel.findings import Invalid

SPACES: Final = "\t\n\r \u00a0\u1680\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
DASHES: Final = "\\-\u2010-\u2015\u2212"
APOSTROPHES: Final = "'\u2018\u2019\u02bc\u00b4`"

_SPACES = re.compile(f"[{SPACES}]+")
_DASHES = re.compile(f"[{DASHES}]")
_APOSTROPHES = re.compile(f"[{APOSTROPHES}]")
_SEPARATORS = re.compile(f"[{SPACES}{DASHES}{APOSTROPHES}./_,:;]+")

LONGEST_INPUT: Final = 100  # no identifier, date or amount of ours needs more; longer input is not even looked at


def is_blank(text: str) -> bool:
    """Nothing but spaces of any kind, visible or not."""
    return not _SPACES.sub("", text)


def simplified(text: str, kind: str) -> str:
    """The text with plain spaces, dashes and apostrophes, without spaces at its ends.

    Raises Invalid: "<kind>.missing" if nothing is left, "<kind>.format" if it is absurdly long.
    """
    if len(text) > LONGEST_INPUT:
        raise Invalid(f"{kind}.format")
    plain = _APOSTROPHES.sub("'", _DASHES.sub("-", _SPACES.sub(" ", text))).strip(" ")
    if not plain:
        raise Invalid(f"{kind}.missing")
    return plain


def compact(text: str, kind: str) -> str:
    """Upper case without any separator. Raises Invalid like `simplified`."""
    bare = _SEPARATORS.sub("", simplified(text, kind)).translate(_UPPER)
    if not bare:
        raise Invalid(f"{kind}.format")
    return bare


_UPPER: Final = {ord(letter): letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz"}  # ASCII only: ß stays ß


def digits_only(text: str, kind: str, *lengths: int) -> str:
    """The digits of a number, checked for length. Raises Invalid: .missing, .format, .length."""
    number = compact(text, kind)
    if not (number.isascii() and number.isdigit()):
        raise Invalid(f"{kind}.format")
    if len(number) not in lengths:
        raise Invalid(f"{kind}.length", length=len(number))
    return number


def grouped(value: str, *sizes: int) -> str:
    """The value cut into groups of the given sizes, the last size repeating: ("CH93…", 4) → "CH93 0076 …"."""
    groups, rest, at = [], value, 0
    while rest:
        size = sizes[min(at, len(sizes) - 1)]
        groups.append(rest[:size])
        rest, at = rest[size:], at + 1
    return " ".join(groups)
