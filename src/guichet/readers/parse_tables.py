"""Workbooks and delimited text → rows. Runs in the child process only."""

from __future__ import annotations

import codecs
import csv
import io
import json
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import python_calamine

from guichet.readers.cells import address
from guichet.readers.refused import Refused

_MOST_UNPACKED: Final = 200 * 1024 * 1024  # bytes of everything in a workbook together
_MOST_PARTS: Final = 2_000
_LONGEST_CELL: Final = 4_000  # characters kept
_SNIFFED_LINES: Final = 50
_DELIMITERS: Final = ("\t", ";", ",", "|")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER_KINDS: Final = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"MZ",
    b"{\\rtf",
    b"\x1f\x8b",
    b"Rar!",
    b"7z\xbc\xaf",
)

Lines = list[tuple[int, list[Any]]]


def warm_up() -> None:
    """Load what is loaded when first needed: afterwards nothing can be opened."""
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "cp437"):
        codecs.lookup(encoding)
    datetime.strptime("2026", "%Y")  # noqa: DTZ007 -- a year, for the sake of its module
    zipfile.ZipFile(io.BytesIO(), "w").close()


def answer(question: dict[str, Any], body: bytes, parent: object) -> tuple[dict[str, Any], bytes]:
    """All rows that are not empty, as JSON; or why not."""
    del parent
    try:
        return {}, _read(body, **question["limits"])
    except Refused as refused:
        return {"refused": refused.code}, b""


def _read(data: bytes, *, most_rows: int, most_columns: int) -> bytes:
    if not data.strip():
        raise Refused("table.empty")
    if data.startswith((b"PK\x03\x04", _OLE)):
        found = _workbook(data)
    elif data.startswith(_OTHER_KINDS):
        raise Refused("table.type")
    else:
        found = {"sheet": "", "merged": [], "hidden": 0, "lines": _text_lines(_decoded(data), most_rows)}
    lines = _trimmed(found["lines"])
    if not lines:
        raise Refused("table.empty")
    if len(lines) > most_rows:
        raise Refused("table.rows")
    if max(len(values) for _number, values in lines) > most_columns:
        raise Refused("table.columns")
    return json.dumps({**found, "lines": lines}).encode()


def _trimmed(lines: Lines) -> Lines:
    """Without empty rows, and without the empty end of each row."""
    kept = []
    for number, values in lines:
        end = len(values)
        while end and (values[end - 1] is None or values[end - 1] == ""):
            end -= 1
        if end:
            kept.append((number, values[:end]))
    return kept


def _workbook(data: bytes) -> dict[str, Any]:
    if data.startswith(b"PK"):
        _refuse_bombs(data)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        return _first_with_something(book)
    except python_calamine.PasswordError:
        raise Refused("table.locked") from None
    except (python_calamine.CalamineError, ValueError, OSError):
        locked = b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e" in data
        raise Refused("table.locked" if locked else "table.broken") from None


def _refuse_bombs(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise Refused("table.broken") from None
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise Refused("table.heavy")
    names = {part.filename for part in parts}
    if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
        raise Refused("table.type")


def _first_with_something(book: Any) -> dict[str, Any]:
    hidden = 0
    for facts in book.sheets_metadata:
        if facts.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        if facts.visible != python_calamine.SheetVisibleEnum.Visible:
            hidden += 1
            continue
        sheet = book.get_sheet_by_name(facts.name)
        rows = sheet.to_python(skip_empty_area=True)
        if any(value != "" for row in rows for value in row):
            top, left = sheet.start or (0, 0)
            lines = [
                (top + index + 1, [None] * left + [_said(value) for value in row]) for index, row in enumerate(rows)
            ]
            return {"sheet": facts.name, "merged": _merged(sheet), "hidden": hidden, "lines": lines}
    raise Refused("table.empty")


def _merged(sheet: Any) -> list[str]:
    try:
        ranges = sheet.merged_cell_ranges or []
    except (python_calamine.CalamineError, ValueError):
        return []
    return [f"{address(top + 1, left)}:{address(bottom + 1, right)}" for (top, left), (bottom, right) in ranges[:50]]


def _said(value: Any) -> Any:
    if isinstance(value, str):
        return value[:_LONGEST_CELL].replace("\0", "").strip() or None
    if isinstance(value, (bool, int, float)):
        return value if value == value and abs(value) != float("inf") else None  # noqa: PLR0124 -- not a number
    if isinstance(value, datetime):
        return ["datetime", value.isoformat()]
    if isinstance(value, date):
        return ["date", value.isoformat()]
    if isinstance(value, time):
        return ["time", value.isoformat()]
    return ["seconds", value.total_seconds()] if isinstance(value, timedelta) else None


def _decoded(data: bytes) -> str:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _decode(data, encoding)
    zeros = data[:2000].count(0)
    if zeros > min(len(data), 2000) // 4:  # a sign of two bytes has a zero in it, in our languages
        return _decode(data, "utf-16-le" if data[1:2] == b"\0" else "utf-16-be")
    try:
        return _decode(data, "utf-8")
    except Refused:
        return _decode(data, "cp1252")


def _decode(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise Refused("table.type") from None
    if "\0" in text:
        raise Refused("table.type")
    return text


def _text_lines(text: str, most_rows: int) -> Lines:
    first, _newline, rest = text.partition("\n")
    offset, delimiter = 0, ""
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:  # how Excel itself says it
        delimiter, text, offset = first.strip()[4], rest, 1
    delimiter = delimiter or _delimiter(text)
    csv.field_size_limit(1_000_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    lines: Lines = []
    try:
        for number, row in enumerate(reader, start=1 + offset):
            lines.append((number, [cell[:_LONGEST_CELL].strip() or None for cell in row]))
            if len(lines) > 2 * most_rows + 10_000:  # empty rows do not count, but do not go on for ever
                raise Refused("table.rows")
    except csv.Error:
        raise Refused("table.quotes") from None
    return lines


def _delimiter(text: str) -> str:
    """The sign that cuts most lines into the same number of parts, more than one."""
    lines = [line for line in text.splitlines()[:_SNIFFED_LINES] if line.strip()]

    def score(sign: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=sign)]
        most = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        return (widths.count(most) if most > 1 else 0, most)

    try:
        best = max(_DELIMITERS, key=score)
    except csv.Error:
        return ";"
    return best if score(best)[0] else ";"
