"""The alphabet of an SMS (GSM 03.38): 160 characters, some of which count twice."""

from __future__ import annotations

import unicodedata
from typing import Final

BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED: Final = frozenset("^{}\\[~]|€")  # one escape more each
LIMIT: Final = 160
_TYPOGRAPHY: Final = str.maketrans(
    {"–": "-", "—": "-", "’": "'", "‘": "'", "«": '"', "»": '"', "…": "...", "\u00a0": " "}
)


def to_gsm7(text: str) -> str:
    """Dashes, quotes and accents an SMS does not know become what one would type on a phone (ê → e, ç → c).

    Raises `ValueError` if a character has no such neighbour.
    """
    plain = "".join(_nearest(character) for character in text.translate(_TYPOGRAPHY))
    if unknown := sorted(set(plain) - BASIC - EXTENDED):
        raise ValueError(f"not in the SMS alphabet: {unknown}")
    return plain


def length(text: str) -> int:
    """How many of the 160 characters a text takes."""
    return len(text) + sum(character in EXTENDED for character in text)


def _nearest(character: str) -> str:
    if character in BASIC or character in EXTENDED:
        return character
    return "".join(part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part))
