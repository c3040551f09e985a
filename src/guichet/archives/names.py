"""Names of files on a medium: readable on every system, and never a path."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST: Final = 60  # characters; Joliet knows 64
_OTHER: Final = re.compile(r"[^A-Za-z0-9._-]+")
_RESERVED: Final = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def clean_name(name: str, *, fallback: str = "fichier") -> str:
    """Letters without accents, digits, dot, hyphen and underscore; no path, no leading dot, no device of Windows."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = unicodedata.normalize("NFKD", last).encode("ascii", "ignore").decode()
    tidy = _OTHER.sub("_", plain).strip("._-")
    if not tidy or _RESERVED.fullmatch(tidy):
        tidy = f"{fallback}_{tidy}".rstrip("_")
    stem, dot, ending = tidy.rpartition(".")
    if len(tidy) <= LONGEST:
        return tidy
    return f"{stem[: LONGEST - len(ending) - 1]}.{ending}" if dot and len(ending) < LONGEST // 2 else tidy[:LONGEST]
