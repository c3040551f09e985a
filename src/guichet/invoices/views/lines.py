"""Adding, duplicating and removing lines without JavaScript: a button of the form says which."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guichet.formspec.reading import Raw

_WISH = re.compile(r"(?P<act>add|duplicate|remove)-(?P<table>[a-z_]{1,20})(?:-(?P<index>\d{1,3}))?")


def apply(raw: Raw, wish: str) -> Raw:
    """The answers with the line added, duplicated or removed; unchanged for any other button."""
    match = _WISH.fullmatch(wish)
    if match is None or not isinstance(raw.get(match["table"]), list):
        return raw
    rows = list(raw[match["table"]])
    index = int(match["index"]) if match["index"] else len(rows)
    if match["act"] == "add":
        rows.append({})
    elif index < len(rows):
        if match["act"] == "duplicate":
            rows.insert(index + 1, dict(rows[index]))
        else:
            del rows[index]
    return {**raw, match["table"]: rows}
