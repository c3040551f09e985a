"""Names of uploaded files: only ever shown, never a path; shown without tricks."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST: Final = 120  # characters, extension included
_REPLACED: Final = re.compile(r'[<>:"|?*\\/]')
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_EXTENSION: Final = re.compile(r"\.[a-z0-9]{1,8}", re.IGNORECASE)


def clean_display_name(name: str) -> str:
    """The name as people may see and download it: no path, no control or direction marks, at most 120 characters.

    Never empty; « document » stands for a name of which nothing is left.
    """
    last = re.split(r"[\\/]", name)[-1]
    visible = "".join(mark for mark in unicodedata.normalize("NFC", last) if _is_visible(mark))
    clean = " ".join(_REPLACED.sub("_", visible).split()).strip(". ")
    stem, extension = split_extension(clean)
    if _RESERVED.fullmatch(clean):
        stem = f"_{stem}"
    return (stem[: LONGEST - len(extension)].rstrip() or "document") + extension


def split_extension(name: str) -> tuple[str, str]:
    """The name without its extension, and the extension with its dot, or nothing."""
    stem, dot, ending = name.rpartition(".")
    if dot and stem and _EXTENSION.fullmatch(dot + ending):
        return stem, dot + ending
    return name, ""


def _is_visible(mark: str) -> bool:
    return mark == " " or unicodedata.category(mark)[0] not in "CZ"
