"""Questions about tables and XML of strangers, answered by a child process. Nothing here parses them."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from guichet.readers import children
from guichet.readers.cells import Row, Table
from guichet.readers.errors import REFUSALS, Unreadable
from guichet.readers.nodes import Node, node_of

if TYPE_CHECKING:
    from guichet.readers.books import Sheet
    from guichet.readers.cells import Value

MOST_BYTES: Final = 20 * 1024 * 1024
MOST_COLUMNS: Final = 200
_TABLE_SECONDS: Final = 20  # of processor time
_XML_SECONDS: Final = 5


def table(data: bytes, *, name: str, most_rows: int, most_columns: int = MOST_COLUMNS) -> Table:
    """The rows of a workbook (XLSX, ODS, XLS), of a CSV or TSV file, or of text from the clipboard.

    Delimiter and encoding (UTF-8, UTF-16, Windows-1252) are found out. `name` decides nothing but the words of a
    refusal. Raises `Unreadable`.
    """
    if len(data) > MOST_BYTES:
        raise Unreadable("table.large")
    limits = {"most_rows": most_rows, "most_columns": most_columns}
    said = _ask("table", data, seconds=_TABLE_SECONDS, dead="table.heavy", name=name[-20:], **limits)
    lines = tuple(Row(number, values) for number, values in said["lines"])
    return Table(said["sheet"], lines, tuple(said["merged"]), said["hidden"])


def xml(data: bytes) -> Node:
    """The root of an XML document. DTD and entities are refused, depth and size limited. Raises `Unreadable`."""
    if len(data) > MOST_BYTES:
        raise Unreadable("xml.large")
    return node_of(_ask("xml", data, seconds=_XML_SECONDS, dead="xml.large")["root"])


def write_table(*sheets: Sheet) -> bytes:
    """An XLSX workbook of these sheets. Raises `Unreadable` if it cannot be made."""
    said = json.dumps([_sheet(sheet) for sheet in sheets]).encode()
    answer, body = children.ask("write", said, seconds=_TABLE_SECONDS, arguments={})
    if answer is None or "refused" in answer:
        raise Unreadable("write.failed")
    return body


def _ask(operation: str, data: bytes, *, seconds: int, dead: str, **arguments: Any) -> Any:
    answer, body = children.ask(operation, data, seconds=seconds, arguments=arguments)
    if answer is None:
        raise Unreadable(dead)
    if code := answer.get("refused"):
        raise Unreadable(code if code in REFUSALS else dead, **arguments)
    return json.loads(body)


def _sheet(sheet: Sheet) -> dict[str, Any]:
    return {
        "title": sheet.title,
        "rows": [[_said(value) for value in row] for row in sheet.rows],
        "numbers": list(sheet.numbers) or list(range(1, len(sheet.rows) + 1)),
        "header": sheet.header,
        "widths": list(sheet.widths),
        "as_text": list(sheet.as_text),
        "choices": [[column, list(words)] for column, words in sheet.choices.items()],
        "marks": [[mark.row, mark.column, mark.comment, mark.is_fault] for mark in sheet.marks],
    }


def _said(value: Value) -> Any:
    """As `cells` reads it."""
    if isinstance(value, datetime):
        return ["datetime", value.isoformat()]
    if isinstance(value, (date, time)):
        return ["date" if isinstance(value, date) else "time", value.isoformat()]
    return ["seconds", value.total_seconds()] if isinstance(value, timedelta) else value
