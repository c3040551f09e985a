"""Cells of the clipboard → lines of a form, with what each column is and what cannot be read (INV-14)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from guichet import readers
from guichet.formspec.columns import Column, columns, raw_value, recognise
from guichet.formspec.declare import table as row_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guichet.formspec.declare import FormType
    from guichet.readers import Table

MOST_LINES: Final = 100
LONGEST: Final = 200_000  # characters of the clipboard


@dataclass
class Pasted:
    """What would be inserted."""

    columns: tuple[Column, ...]  # of the form's lines
    mapping: list[str]  # for each column of the clipboard the name of a field, or ""
    headings: list[str]  # first row, if it is one; else empty
    lines: list[dict[str, str]] = field(default_factory=list)
    faults: list[tuple[int, str, str]] = field(default_factory=list)  # line from 0, field, words


def tables_of(form_type: type[FormType]) -> list[str]:
    """Fields of the form that are tables."""
    return [name for name, info in form_type.model_fields.items() if row_of(info)]


def read(text: str, form_type: type[FormType], name: str, *, mapping: Sequence[str] | None = None) -> Pasted:
    """The clipboard as lines of the table `name`. `mapping` is the person's own; otherwise the first row is a header
    if it names two columns, and columns without one are taken in the form's order. Raises `readers.Unreadable`.
    """
    cells = readers.table(text[:LONGEST].encode(), name="", most_rows=MOST_LINES + 1, most_columns=60)
    known = tuple(column for column in columns(form_type) if column.table == name)
    headings = _headings(form_type, known, cells)
    pasted = Pasted(known, _mapping(known, headings, cells.width, mapping), [])
    if sum(map(bool, headings)) >= min(2, cells.width):
        pasted.headings = list(cells.header.texts)
    for line in cells.rows if pasted.headings else cells.lines:
        _add(pasted, form_type, line)
    return pasted


def _headings(form_type: type[FormType], known: Sequence[Column], cells: Table) -> list[str]:
    found = recognise(form_type, cells.header.texts)
    names = {column.key: column.name for column in known} | {column.name: column.name for column in known}
    return [names.get(key, "") for key in found]


def _mapping(known: Sequence[Column], headings: list[str], width: int, mapping: Sequence[str] | None) -> list[str]:
    names = [column.name for column in known]
    if mapping is not None:
        wanted = [name if name in names else "" for name in mapping][:width]
        return wanted + [""] * (width - len(wanted))
    if any(headings):
        return headings + [""] * (width - len(headings))
    return (names + [""] * width)[:width]


def _add(pasted: Pasted, form_type: type[FormType], row: Any) -> None:
    by_name = {column.name: column for column in pasted.columns}
    line: dict[str, str] = {}
    for at, name in enumerate(pasted.mapping):
        cell = row.cell(at)
        if not name or not cell.text:
            continue
        try:
            line[name] = raw_value(form_type, by_name[name], cell.text, cell.value)
        except ValueError as error:
            pasted.faults.append((len(pasted.lines), name, str(error)))
            line[name] = cell.text
    pasted.lines.append(line)
