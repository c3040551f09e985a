"""What a text must pass before it becomes part of an entry: one line, short, and without identifiers.

Control and format characters (line breaks, ANSI escapes, bidirectional overrides, NUL) would let a text forge a
line wherever the entry is printed; AVS numbers and IBANs have their place in `subject` only, as an HMAC.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SHORT: Final = 80
"""Longest code, identifier or address, in characters."""
LONG: Final = 500
"""Longest free text, in characters."""
_KEYS: Final = 20
_UNWANTED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JSON: Final = json.JSONEncoder(ensure_ascii=False).encode
_WORD: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_AVS: Final = re.compile(r"(?<!\d)756(?:[ .·-]?\d){10}(?!\d)")
_IBAN: Final = re.compile(
    r"\b(?:(?i:CH|LI)\d{2}(?: ?[0-9A-Za-z]){17}"
    r"|[A-Z]{2}\d{2}(?:[0-9A-Z]{11,30}|(?: [0-9A-Z]{4}){2,7}(?: [0-9A-Z]{1,3})?))\b"
)


def text(value: str, limit: int = SHORT) -> str:
    """One printable line of at most `limit` characters."""
    if len(value) <= limit and value.isascii() and value.isprintable():
        return value
    if not value.isascii() or not value.isprintable():
        value = "".join(" " if unicodedata.category(c) in _UNWANTED else c for c in value[: 4 * limit])
    return value if len(value) <= limit else value[: limit - 1] + "…"


def texts(*values: str) -> Sequence[str]:
    """`text` of each, quickly when there is nothing to clean."""
    together = "".join(values)
    if together.isascii() and together.isprintable() and len(max(values, key=len)) <= SHORT:
        return values
    return [text(value) for value in values]


def free_text(value: str) -> str:
    """A sentence somebody typed: one line, with AVS numbers and IBANs blotted out."""
    if not value:
        return ""
    return text(_IBAN.sub("[IBAN]", _AVS.sub("[AVS]", value[: 4 * LONG])), LONG)


def address(value: str) -> str:
    """An IP address in its usual spelling, or nothing."""
    try:
        return str(ip_address(value.strip()))
    except ValueError:
        return ""


def detail(values: Mapping[str, object] | None) -> str:
    """The details as JSON. Only scalars: a nested value is content, and content has no place here.

    Raises `TypeError` for a value that is no JSON scalar and `ValueError` for a key that is no short word.
    """
    if not values:
        return "{}"
    if len(values) > _KEYS:
        message = f"An audit entry takes at most {_KEYS} details."
        raise ValueError(message)
    return _JSON({_key(key): _scalar(key, value) for key, value in values.items()})


def _key(key: str) -> str:
    if not _WORD.fullmatch(key):
        message = "The key of an audit detail is a short lower-case word."
        raise ValueError(message)
    return key


def _scalar(key: str, value: object) -> str | int | float | bool | None:
    if isinstance(value, str):
        return free_text(value)
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    message = f"The audit detail « {key} » is no text, number, truth value or null."
    raise TypeError(message)
