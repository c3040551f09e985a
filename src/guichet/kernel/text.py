"""Text people type or paste, and names their files carry: cleaned before it is kept, never before it is shown.

Cases: the hostile names of upload tests (paths, NUL, U+202E, 300 characters, CON, line breaks, quotes).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from guichet.kernel.findings import Invalid

_LINE_ENDS: Final = re.compile("\r\n|\r|\u2028|\u2029|\u0085")
_BLANKS: Final = re.compile("[\t \u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_JOINERS: Final = "\u200c\u200d"  # needed by Persian and Indic scripts
_DROPPED: Final = frozenset(("Cc", "Cf", "Cs", "Co"))
_FOLDED: Final = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "’": "'"}
)
_FORBIDDEN_IN_NAMES: Final = re.compile(r'["*:<>?|]')
_RESERVED: Final = re.compile(r"^(CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(?=\.|$)", re.IGNORECASE)
LONGEST_NAME: Final = 120


def clean_text(text: str, limit: int = 4000) -> str:
    """Several lines of prose: NFC, one kind of line end, without control characters and direction overrides.

    Raises Invalid text.too_long (params limit, length) if more than `limit` characters remain.
    """
    _refuse_absurd(text, limit)
    composed = unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text).replace("\t", " "))
    kept = "".join(sign for sign in composed if sign == "\n" or sign in _JOINERS or _is_kept(sign)).strip()
    if len(kept) > limit:
        raise Invalid("text.too_long", limit=limit, length=len(kept))
    return kept


def _refuse_absurd(text: str, limit: int) -> None:
    """Cleaning costs time per character: what cannot possibly fit is not even looked at."""
    if len(text) > 20 * limit + 1000:
        raise Invalid("text.too_long", limit=limit, length=len(text))


def _is_kept(sign: str) -> bool:
    return unicodedata.category(sign) not in _DROPPED


def clean_line(text: str, limit: int = 200) -> str:
    """One line (names, streets, labels): like `clean_text`, with runs of blanks and line ends as one space."""
    _refuse_absurd(text, limit)
    joined = _BLANKS.sub(" ", _LINE_ENDS.sub(" ", text).replace("\n", " "))
    return _BLANKS.sub(" ", clean_text(joined, limit))


def searchable(text: str) -> str:
    """What a search compares: small letters without accents, single spaces. « Müller-Çelik » → « muller-celik »."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_FOLDED))
    bare = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return " ".join(bare.translate(_FOLDED).split())


def clean_display_name(filename: str, fallback: str = "document") -> str:
    """The name under which a file is shown and downloaded: no path, no control characters, no reserved device name.

    At most 120 characters; the extension survives the cut. Files are never *stored* under this name.
    """
    last = re.split(r"[/\\]", filename[-5000:])[-1]
    line = "".join(sign for sign in unicodedata.normalize("NFC", last) if _is_kept(sign))
    name = _RESERVED.sub(r"_\1", _BLANKS.sub(" ", _FORBIDDEN_IN_NAMES.sub("_", line)).strip(". "))
    if not name:
        return fallback
    if len(name) <= LONGEST_NAME:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10:
        return name[:LONGEST_NAME].rstrip(". ")
    return stem[: LONGEST_NAME - len(extension) - 1].rstrip(". ") + "." + extension
