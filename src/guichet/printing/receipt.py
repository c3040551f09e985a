"""The copy of a sent form (FRM-06): what its builder hands over, and what is added before it is set.

The builder gives words and numbers as they are to be read: amounts, dates and AVS numbers already formatted, texts
already in the reader's language. Only `sent_at` is for the machine, because it also dates the file.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal, NotRequired, TypedDict, cast

import segno

from guichet.kernel.dates import format_datetime
from guichet.printing.columns import column_widths, is_tight
from guichet.printing.words import labels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_INDEX: Final = 8.0  # millimetres of the number before an attachment
_LONG: Final = 300  # letters; a row with a longer text may be divided between two pages


class Insurer(TypedDict):
    """Who receives the form. Empty texts are left out; `accent` is #rrggbb."""

    name: str
    address_lines: Sequence[str]
    phone: str
    hours: str
    accent: str
    logo_svg: NotRequired[str]  # the picture itself; without it the name stands alone


class Fact(TypedDict):
    """One answer of the form."""

    label: str
    value: str


class Group(TypedDict):
    """Answers that belong together, as on the form's page."""

    title: str
    facts: Sequence[Fact]


class Column(TypedDict):
    """One column of a table. Without a width (millimetres, of 170) it is measured from its cells."""

    label: str
    align: Literal["left", "right"]
    width: NotRequired[float]


class Table(TypedDict):
    """Lines of the form. Each row and the footer (column totals) have one text per column."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    footer: NotRequired[Sequence[str]]


class Total(TypedDict):
    """One sum; `strong` is the amount asked for."""

    label: str
    value: str
    strong: bool


class Attachment(TypedDict):
    """One attached file; `note` says size, pages and the beginning of its SHA-256."""

    name: str
    note: str


class Receipt(TypedDict):
    """Everything a receipt shows, in the order of the page."""

    insurer: Insurer
    title: str  # « Facture pour frais de voyage et nourriture »
    form_no: str  # 318.632.1
    edition: str
    number: str  # VS-2026-000123
    receipt_code: str
    verify_url: str
    sent_at: str  # ISO 8601 with offset
    sent_by: str
    company: str  # for whom it was sent; empty for a person who sends for herself
    groups: Sequence[Group]
    tables: Sequence[Table]
    totals: Sequence[Total]
    attachments: Sequence[Attachment]
    small_print: str
    content_hash: str  # 64 hexadecimal digits
    version: NotRequired[int]  # 2 and more: sent again after a correction
    status_note: NotRequired[str]  # « Cette version remplace celle du 05.11.2026. »
    remark: NotRequired[str]
    labels: NotRequired[Mapping[str, str]]  # `words.labels(language)` unless given


def prepare(data: Mapping[str, object], language: str) -> dict[str, object]:
    """The data as `receipt.typ` reads it: optional parts present, columns measured, the QR code drawn."""
    receipt = cast("Receipt", data)
    words = {**labels(language), **receipt.get("labels", {})}
    version = receipt.get("version", 1)
    return {
        **data,
        "labels": words,
        "insurer": {**receipt["insurer"], "logo_svg": receipt["insurer"].get("logo_svg", "")},
        "logo_alt": words["logo_alt"].format(insurer=receipt["insurer"]["name"]),
        "qr_svg": _qr_code(receipt["verify_url"]),
        "qr_alt": words["qr_alt"].format(code=receipt["receipt_code"]),
        "form_line": f"{words['form']} {receipt['form_no']} · {words['edition']} {receipt['edition']}",
        "version": words["version"].format(version=version) if version > 1 else "",
        "status_note": receipt.get("status_note", ""),
        "remark": receipt.get("remark", ""),
        "sent": [fact for fact in _sending(receipt, words) if fact["value"]],
        "tables": [_measured(table) for table in receipt["tables"]],
        "attached": _measured(_attached(receipt["attachments"], words)),
        "content_hash": _in_eights(receipt["content_hash"]),
    }


def _sending(receipt: Receipt, words: Mapping[str, str]) -> list[Fact]:
    return [
        {"label": words["sent_at"], "value": format_datetime(datetime.fromisoformat(receipt["sent_at"]))},
        {"label": words["sent_by"], "value": receipt["sent_by"]},
        {"label": words["company"], "value": receipt["company"]},
    ]


def _measured(table: Table) -> dict[str, object]:
    """A table with its columns measured, and what the setter must know to keep the cells in shape."""
    footer = table.get("footer", [])
    rows = [*table["rows"], *([footer] if footer else [])]
    columns = table["columns"]
    widths = column_widths([column["label"] for column in columns], rows, [column.get("width") for column in columns])
    return {
        "title": table["title"],
        "columns": [{**column, "width": width} for column, width in zip(columns, widths, strict=True)],
        "rows": table["rows"],
        "footer": footer,
        "tight": any(is_tight((row[x] for row in rows), width) for x, width in enumerate(widths)),
        "long": any(len(text) > _LONG for row in rows for text in row),
    }


def _attached(attachments: Sequence[Attachment], words: Mapping[str, str]) -> Table:
    return {
        "title": words["attachments"],
        "columns": [
            {"label": words["index"], "align": "left", "width": _INDEX},
            {"label": words["attachment"], "align": "left"},
            {"label": words["attachment_note"], "align": "left"},
        ],
        "rows": [[str(index), item["name"], item["note"]] for index, item in enumerate(attachments, start=1)],
    }


def _in_eights(digits: str) -> str:
    """64 digits as eight groups a person can compare."""
    return " ".join(digits[start : start + 8] for start in range(0, len(digits), 8))


def _qr_code(address: str) -> str:
    """The code as SVG, error correction M, without the quiet zone (the page is white around it)."""
    code = segno.make(address, error="m", micro=False)
    return str(code.svg_inline(border=0, scale=4, dark="#16191d", omitsize=False))
