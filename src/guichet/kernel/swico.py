r"""Billing information « //S1/… » of QR bills: what the invoice says about itself.

Source: Swico, syntax definition for billing information (S1), version 1.2: tags and values between slashes, « \/ » and
« \\ » for a slash and a backslash inside a value; /10/ invoice number, /11/ its date as YYMMDD.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

_PREFIX: Final = "//S1/"
_PIECE: Final = re.compile(r"((?:[^/\\]|\\.)*)(?:/|$)", re.DOTALL)
_TAG: Final = re.compile(r"[0-9]{2}")
_DATE: Final = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})")


@dataclass(frozen=True, slots=True)
class BillInformation:
    """Number and date of an invoice; "" and None if the bill does not say."""

    invoice_number: str = ""
    invoice_date: date | None = None


def parse_bill_information(text: str) -> BillInformation:
    """What can be read; information in another syntax, or broken, says nothing. Never raises."""
    if not text.startswith(_PREFIX):
        return BillInformation()
    pieces = [re.sub(r"\\(.)", r"\1", piece) for piece in _PIECE.findall(text[len(_PREFIX) :])]
    values: dict[str, str] = {}
    for tag, value in zip(pieces[::2], pieces[1::2], strict=False):
        if not _TAG.fullmatch(tag):
            break
        values.setdefault(tag, value)
    return BillInformation(values.get("10", "").strip(), _date(values.get("11", "")))


def _date(text: str) -> date | None:
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    try:
        return date(2000 + int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
