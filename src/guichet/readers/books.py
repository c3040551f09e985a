"""What a workbook to be written looks like."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from guichet.readers.cells import Value


@dataclass(frozen=True)
class Mark:
    """A cell with a colour and a comment. Rows count from 1, columns from 0."""

    row: int
    column: int
    comment: str
    is_fault: bool = True  # otherwise a hint, in a quieter colour


@dataclass(frozen=True)
class Sheet:
    """A sheet to be written. Text stays text, whatever it begins with; dates, numbers and truth keep their kind."""

    title: str
    rows: Sequence[Sequence[Value]]
    numbers: Sequence[int] = ()  # the row each of `rows` goes to, from 1; empty: one below the other
    header: int = 1  # row with headings: bold, and it stays when the page moves; 0: none
    widths: Sequence[int] = ()  # of the columns, in characters
    as_text: Sequence[int] = ()  # columns the spreadsheet must not guess numbers in (long identifiers)
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)  # column → what may be chosen there
    marks: Sequence[Mark] = ()
