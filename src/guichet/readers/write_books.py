"""Sheets → XLSX. Runs in the child process only: it is slow, and full of what strangers typed."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.comments import Comment
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.writer.excel import ExcelWriter

from guichet.readers.cells import moment

_FAULT: Final = PatternFill("solid", fgColor="F8D7DA")
_HINT: Final = PatternFill("solid", fgColor="FFF3CD")
_HEAD: Final = PatternFill("solid", fgColor="EDEDED")
_BOLD: Final = Font(bold=True)
_TOP: Final = Alignment(vertical="top", wrap_text=True)
_LAST_CHOICE_ROW: Final = 5_000
_LONGEST_LIST: Final = 250  # characters a spreadsheet takes for a list of choices
_NO_TITLE: Final = re.compile(r"[\[\]:*?/\\]")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def warm_up() -> None:
    """Have the vendor load what it loads when it writes: afterwards nothing can be opened."""
    _made(
        [
            {
                "title": "x",
                "rows": [["x"]],
                "numbers": [1],
                "header": 1,
                "widths": [9],
                "as_text": [0],
                "choices": [[0, ["x"]]],
                "marks": [[1, 0, "x", True]],
            }
        ]
    )


def answer(question: dict[str, Any], body: bytes, parent: object) -> tuple[dict[str, Any], bytes]:
    """The workbook's bytes."""
    del question, parent
    return {}, _made(json.loads(body))


def _made(sheets: list[dict[str, Any]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for said in sheets:
        _write(book.create_sheet(_NO_TITLE.sub(" ", said["title"])[:31]), said)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        _Writer(book, archive).save()
    return out.getvalue()


class _Writer(ExcelWriter):  # type: ignore[misc]
    """In memory: the vendor's own goes by a temporary file for every sheet, and there are no files here."""

    def write_worksheet(self, ws: Any) -> None:
        """One sheet."""
        ws._drawing = SpreadsheetDrawing()  # noqa: SLF001 -- as the vendor's own
        out = io.BytesIO()
        writer = WorksheetWriter(ws, out)
        writer.write()
        ws._rels = writer._rels  # noqa: SLF001
        self._archive.writestr(ws.path[1:], out.getvalue())
        self.manifest.append(ws)


def _write(sheet: Any, said: dict[str, Any]) -> None:
    as_text = set(said["as_text"])
    for number, values in zip(said["numbers"], said["rows"], strict=True):
        for column, value in enumerate(values):
            if value is not None and value != "":
                _put(sheet.cell(row=number, column=column + 1), value, is_text=column in as_text)
    if said["header"]:
        _dress_header(sheet, said["header"])
    for column, width in enumerate(said["widths"], start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    for column, choices in said["choices"]:
        _offer(sheet, column, choices, first=said["header"] + 1)
    for column in as_text:
        sheet.column_dimensions[get_column_letter(column + 1)].number_format = "@"
    for row, column, comment, is_fault in said["marks"]:
        cell = sheet.cell(row=row, column=column + 1)
        cell.fill = _FAULT if is_fault else _HINT
        if comment:
            cell.comment = Comment(_clean(comment), "Guichet", height=90, width=320)


def _dress_header(sheet: Any, row: int) -> None:
    for cell in sheet[row]:
        cell.font, cell.fill, cell.alignment = _BOLD, _HEAD, _TOP
    sheet.freeze_panes = sheet.cell(row=row + 1, column=1)


def _put(cell: Cell, value: Any, *, is_text: bool) -> None:
    if isinstance(value, list):
        kind, said = value
        cell.value = moment(kind, said)
        if kind == "date" or (kind == "datetime" and said.endswith("T00:00:00")):
            cell.number_format = "DD.MM.YYYY"
    elif isinstance(value, str):
        cell.value = _clean(value)
        cell.data_type = "s"  # and never a formula, whatever it begins with
        if value.startswith(_FORMULA):
            cell.quotePrefix = True
    else:
        cell.value = value
    if is_text:
        cell.number_format = "@"


def _clean(text: str) -> str:
    return str(ILLEGAL_CHARACTERS_RE.sub("", text))[:32_000]


def _offer(sheet: Any, column: int, choices: list[str], *, first: int) -> None:
    words = ",".join(choice.replace('"', "").replace(",", " ") for choice in choices)
    if len(words) > _LONGEST_LIST:
        return
    rule = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True)
    letter = get_column_letter(column + 1)
    rule.add(f"{letter}{first}:{letter}{_LAST_CHOICE_ROW}")
    sheet.add_data_validation(rule)
