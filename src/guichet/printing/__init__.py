"""PDFs for the archive and for everybody: PDF/A-2a and PDF/UA-1, set by typst from JSON alone."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from guichet.printing import receipt
from guichet.printing.catalogue import TEMPLATES, find, register, source
from guichet.printing.press import PRESS, PrintFailed
from guichet.printing.texts import printable_data
from guichet.printing.words import labels

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PrintFailed", "labels", "pdf", "register"]

register("printing/receipt", TEMPLATES / "receipt.typ", prepare=receipt.prepare, dated_by="sent_at")


def pdf(template: str, *, data: Mapping[str, object], language: str) -> bytes:
    """The document `template` ("printing/receipt") about `data`, in `language` ("fr", "de", …).

    Texts are shown, never executed; each is cut at 4 000 characters, and □ stands for characters our fonts lack. The
    same data give the same bytes. Raises `PrintFailed` if no conforming document comes out, `LookupError` for an
    unknown template, `KeyError` and `TypeError` for incomplete data.
    """
    document = find(template)
    complete = {**document.prepare(data, language), "language": language[:2]}
    dated = datetime.fromisoformat(str(complete[document.dated_by]))
    files = {
        "main.typ": source(document.path),
        "house.typ": source(TEMPLATES / "house.typ"),
        "data.json": json.dumps(printable_data(complete), ensure_ascii=False),
    }
    return PRESS.print(files, timestamp=int(dated.timestamp()))
