"""A table as it was read: rows of cells, each with its address as a spreadsheet writes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Value = str | int | float | bool | date | datetime | time | timedelta | None


def column_letters(index: int) -> str:
    """« A » for 0, « Z » for 25, « AA » for 26."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """« C17 » for row 17 (from 1) and column 2 (from 0)."""
    return f"{column_letters(column)}{row}"


@dataclass(frozen=True, slots=True)
class Cell:
    """`text` is what a person reads (dates as 05.11.2026, whole numbers without a point), `value` what was stored."""

    text: str
    value: Value
    address: str


@dataclass(frozen=True)
class Row:
    """A row that is not empty. `number` counts from 1, as the spreadsheet shows it."""

    number: int
    values: Sequence[Any]  # as the child said them

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """All cells of the row, empty ones too."""
        return tuple(
            Cell(_text(value), _value(value), address(self.number, column)) for column, value in enumerate(self.values)
        )

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """What a person reads in each cell."""
        return tuple(map(_text, self.values))

    def cell(self, column: int) -> Cell:
        """One cell; an empty one beyond the end of the row."""
        value = self.values[column] if column < len(self.values) else None
        return Cell(_text(value), _value(value), address(self.number, column))


@dataclass(frozen=True)
class Table:
    """The first sheet that is visible and has something in it. `lines` are all its rows that are not empty."""

    sheet: str  # its name; empty for a text file
    lines: tuple[Row, ...]
    merged: tuple[str, ...] = ()  # ranges of merged cells, « A2:A4 »; only the first cell of each has a value
    hidden: int = 0  # sheets that were not looked at because they are hidden

    @property
    def header(self) -> Row:
        """The first row that is not empty."""
        return self.lines[0]

    @property
    def rows(self) -> tuple[Row, ...]:
        """What stands below the header."""
        return self.lines[1:]

    @property
    def width(self) -> int:
        """Columns of the widest row."""
        return max(len(line.values) for line in self.lines)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)


def _value(said: Any) -> Value:
    if not isinstance(said, list):
        return said  # type: ignore[no-any-return]
    return moment(*said)


def moment(kind: str, said: str) -> date | datetime | time | timedelta:
    """A date, a time or a duration as parent and child write it to each other. ValueError, KeyError for nonsense."""
    readers: dict[str, Callable[[str], date | datetime | time | timedelta]] = {
        "date": date.fromisoformat,
        "datetime": datetime.fromisoformat,
        "time": time.fromisoformat,
        "seconds": lambda seconds: timedelta(seconds=float(seconds)),
    }
    return readers[kind](said)


def _text(said: Any) -> str:
    if isinstance(said, str):
        return said
    if said is None:
        return ""
    if isinstance(said, bool):
        return "1" if said else "0"
    if isinstance(said, float):
        return _number(said)
    return str(said) if isinstance(said, int) else _moment(_value(said))


def _number(value: float) -> str:
    """Fifteen digits, as spreadsheets count: 0.1 + 0.2 is 0.3."""
    rounded = float(f"{value:.15g}")
    return str(int(rounded)) if rounded.is_integer() and abs(rounded) < 1e15 else f"{value:.15g}"


def _moment(value: Value) -> str:
    if isinstance(value, datetime):
        day = f"{value:%d.%m.}{value.year:04}"
        return day if value.time() == time(0) else f"{day} {value:%H:%M}"
    if isinstance(value, date):
        return f"{value:%d.%m.}{value.year:04}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    return str(value)
