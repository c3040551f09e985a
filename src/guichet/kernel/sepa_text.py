"""Characters banks accept, and what to do with all others.

Source: SIX Business Rules and IG Credit Transfer (Swiss Payment Standards 2025), character set: U+0020–7E, U+00A0–FF,
U+0100–17F and Ș ș Ț ț €. A message with anything else is rejected as a whole.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from guichet.kernel.findings import Invalid

_ALLOWED: Final = re.compile("[\u0020-\u007e\u00a0-\u017f\u0218-\u021b\u20ac]*")
_ID: Final = re.compile(r"(?!.*//)(?![ /])[A-Za-z0-9 '()+,\-./:?]{1,35}(?<!/)")
_NOT_ID: Final = re.compile(r"[^A-Za-z0-9 '()+,\-./:?]")

_SPECIAL: Final[dict[int, str]] = str.maketrans({
    "\u2018": "'", "\u2019": "'", "\u201a": ",", "\u201b": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"',
    "\u2039": "<", "\u203a": ">", "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-",
    "\u2015": "-", "\u2212": "-", "\u2026": "...", "\u2022": "-", "\u2032": "'", "\u2033": '"', "\u2044": "/",
    "\u0259": "e", "\u018f": "E", "\u1e9e": "SS", "\u2116": "No", "\u20ab": "d",
    "\t": " ", "\n": " ", "\r": " ",
})  # fmt: skip

_LIGATURES: Final = {"ß": "ss", "Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "€": "EUR", "Ŋ": "N", "ŋ": "n"}

_LETTERS: Final[dict[str, str]] = {
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k",
    "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t",
    "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o",
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "й": "y",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u",
    "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e",
    "ю": "yu", "я": "ya", "ђ": "dj", "ѓ": "g", "є": "ye", "ѕ": "dz", "і": "i", "ї": "yi", "ј": "j", "љ": "lj",
    "њ": "nj", "ћ": "c", "ќ": "k", "ў": "u", "џ": "dz", "ґ": "g",
}  # fmt: skip


def is_allowed(text: str) -> bool:
    """True if a bank takes the text as it is."""
    return _ALLOWED.fullmatch(text) is not None


def transliterate(text: str) -> str:
    """The nearest text a bank takes: unknown accents fall, Greek and Cyrillic become Latin, the rest is « . »."""
    composed = unicodedata.normalize("NFC", text).translate(_SPECIAL)
    return "".join(sign if is_allowed(sign) else _nearest(sign) for sign in composed)


def _nearest(sign: str) -> str:
    """One character in the bank's alphabet; "" for what has no width."""
    if unicodedata.category(sign) in {"Cc", "Cf", "Mn", "Me", "Cs"}:
        return ""
    latin = _LETTERS.get(sign.lower())
    if latin is not None:
        return latin.capitalize() if sign.isupper() else latin
    bare = "".join(part for part in unicodedata.normalize("NFKD", sign).translate(_SPECIAL) if is_allowed(part))
    return bare or _base_letter(sign) or "."


def _base_letter(sign: str) -> str:
    """The letter inside names like LATIN SMALL LETTER T WITH DIAGONAL STROKE or GREEK SMALL LETTER ALPHA WITH TONOS."""
    parts = [part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part)]
    if parts and parts[0] != sign:
        return "".join(_nearest(part) for part in parts)
    found = re.match(r"LATIN (SMALL|CAPITAL) LETTER ([A-Z]{1,2}) WITH ", unicodedata.name(sign, ""))
    if found is None:
        return ""
    return found[2] if found[1] == "CAPITAL" else found[2].lower()


def check_id(text: str) -> str:
    """An identification for MsgId, PmtInfId, InstrId, EndToEndId: the text itself.

    1 to 35 characters of a small set, not beginning with a space or « / », not ending with « / », no « // »
    (`Max35Text_pain001_ch`). Raises Invalid sepa.id.
    """
    if not _ID.fullmatch(text):
        raise Invalid("sepa.id")
    return text


def to_id(text: str) -> str:
    """The nearest valid identification; "-" if nothing remains."""
    plain = "".join(sign if sign.isascii() else _ascii(sign) for sign in transliterate(text))
    kept = re.sub("/{2,}", "/", _NOT_ID.sub("-", plain)).lstrip(" /")
    return kept[:35].rstrip(" /") or "-"


def _ascii(sign: str) -> str:
    bare = unicodedata.normalize("NFKD", _LIGATURES.get(sign, sign)).encode("ascii", "ignore").decode()
    return bare or _base_letter(sign)
