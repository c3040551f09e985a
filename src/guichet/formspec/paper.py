"""Typed answers → facts and tables, as words: for the PDF, the summary before sending and the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Choices

from guichet.formspec.declare import table
from guichet.formspec.types import YES
from guichet.kernel import dates, money

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from guichet.formspec.declare import Asked, FormType, Row


_WIDEST = 7  # columns a table may have on paper


@dataclass(frozen=True)
class Fact:
    """One question and its answer, as words."""

    place: str
    label: str
    value: str


@dataclass(frozen=True)
class PaperTable:
    """Lines of a form; columns that nobody filled in are left out."""

    name: str
    title: str
    columns: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def labelled(self) -> tuple[tuple[tuple[str, bool, str], ...], ...]:
        """(column, whether it is a number, what it says) of each cell, for narrow pages."""
        return tuple(tuple(zip(self.columns, self.numeric, row, strict=True)) for row in self.rows)


@dataclass(frozen=True)
class PaperSection:
    """A group of facts, or a table."""

    title: str
    facts: tuple[Fact, ...] = ()
    table: PaperTable | None = None


def sections(answers: FormType, *, replaced: Mapping[str, str], left_out: Iterable[str] = ()) -> list[PaperSection]:
    """Everything that was answered. `replaced` gives words for answers that are only references (an account)."""
    shown = []
    skipped = set(left_out)
    for section in type(answers).sections:
        first = section.fields[0]
        if row := table(type(answers).model_fields[first]):
            shown += _lines(first, str(section.title), row, answers)
            continue
        facts = tuple(
            Fact(name, str(type(answers).asks()[name].label), replaced.get(name) or said)
            for name in section.fields
            if name not in skipped and (said := say(type(answers), name, getattr(answers, name)))
        )
        if facts:
            shown.append(PaperSection(str(section.title), facts))
    return shown


def _lines(name: str, title: str, row: type[Row], answers: FormType) -> list[PaperSection]:
    """A table of the columns somebody filled in; a group of facts for each line if that is too wide for paper."""
    said = [
        {column: say(row, column, getattr(line, column)) for column in row.asks()} for line in getattr(answers, name)
    ]
    if not said:  # a table nobody needed
        return []
    if not said:  # nobody answered what need not be answered
        return []
    used = [column for column in row.asks() if any(line[column] != _silence(row, column) for line in said)]
    labels = {column: str(row.asks()[column].label) for column in used}
    if len(used) > _WIDEST:
        return [
            PaperSection(
                f"{title} – {index + 1}",
                tuple(
                    Fact(f"{name}-{index}-{column}", labels[column], line[column])
                    for column in used
                    if line[column] != _silence(row, column)
                ),
            )
            for index, line in enumerate(said)
        ]
    shown = PaperTable(
        name=name,
        title=title,
        columns=tuple(labels.values()),
        numeric=tuple(row.kind(column).name in {"amount", "decimal", "integer"} for column in used),
        rows=tuple(tuple(line[column] for column in used) for line in said),
    )
    return [PaperSection(title, table=shown)]


def _silence(row: type[Row], column: str) -> str:
    """What the column says if nobody filled it in."""
    info = row.model_fields[column]
    return "" if info.is_required() else say(row, column, info.default)


def say(asked: type[Asked], name: str, value: Any) -> str:
    """An answer as words, in the language of the moment; nothing for no answer."""
    if value is None or value == "":
        return ""
    match value:
        case bool():
            said = str(YES) if value else ""
        case Choices():
            said = str(value.label)
        case date():
            said = dates.format_date(value)
        case time():
            said = dates.format_time(value)
        case Decimal() if asked.kind(name).name == "amount":
            said = money.format_amount(value)
        case Decimal():
            said = money.format_number(value.normalize() if value != value.to_integral() else value.to_integral())
        case _:
            said = str(value)
    return said
