"""Questions about tables and XML of strangers, answered by a child process. Nothing here parses them."""

from __future__ import annotations

import json
import threading
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from guichet import sandbox
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
_WALL_FACTOR: Final = 10  # on a busy machine processor time takes longer
_MEMORY_BYTES: Final = 768 * 1024 * 1024
_MOST_AT_ONCE: Final = 2  # children of this process; further questions wait
_OTHER_NAMES: Final = (".pdf", ".doc", ".docx", ".zip", ".jpg", ".jpeg", ".png", ".xml", ".json", ".html")
_free = threading.BoundedSemaphore(_MOST_AT_ONCE)


def table(data: bytes, *, name: str, most_rows: int, most_columns: int = MOST_COLUMNS) -> Table:
    """The rows of a workbook (XLSX, ODS, XLS), of a CSV or TSV file, or of text from the clipboard.

    Delimiter and encoding (UTF-8, UTF-16, Windows-1252) are found out. `name` only refuses what it
    says to be something else. Raises `Unreadable`.
    """
    if len(data) > MOST_BYTES:
        raise Unreadable("table.large")
    if name.lower().endswith(_OTHER_NAMES):
        raise Unreadable("table.type")
    limits = {"most_rows": most_rows, "most_columns": most_columns}
    said = json.loads(_ask("parse_tables", data, seconds=_TABLE_SECONDS, failed="table.heavy", **limits))
    lines = tuple(Row(number, values) for number, values in said["lines"])
    return Table(said["sheet"], lines, tuple(said["merged"]), said["hidden"])


def xml(data: bytes) -> Node:
    """The root of an XML document. DTD and entities are refused, depth and size limited. Raises `Unreadable`."""
    if len(data) > MOST_BYTES:
        raise Unreadable("xml.large")
    return node_of(json.loads(_ask("parse_xml", data, seconds=_XML_SECONDS, failed="xml.large")))


def write_table(*sheets: Sheet) -> bytes:
    """An XLSX workbook of these sheets. Raises `Unreadable` if it cannot be made."""
    said = json.dumps([_sheet(sheet) for sheet in sheets]).encode()
    return _ask("write_books", said, seconds=_TABLE_SECONDS, failed="write.failed")


def _ask(program: str, data: bytes, *, seconds: int, failed: str, **limits: int) -> bytes:
    """The child's bytes. Raises `Unreadable`, also if the child died of the question."""
    allowed = sandbox.Limits(memory_bytes=_MEMORY_BYTES, cpu_seconds=seconds, wall_seconds=_WALL_FACTOR * seconds)
    with _free:
        try:
            answer = sandbox.run(f"guichet.readers.{program}", {"limits": limits}, data, limits=allowed)
        except sandbox.ChildFailed:
            raise Unreadable(failed) from None
        except sandbox.Unlocked:
            raise Unreadable("reader.closed") from None
    if code := answer.said.get("refused"):
        raise Unreadable(code if code in REFUSALS else failed, **limits)
    return answer.made


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
