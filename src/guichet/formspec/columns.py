"""A form type as columns of a spreadsheet: one per field, and one per field of its lines (INV-14).

A row of the sheet is a line of the form; what stands once on a form stands on its first row.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db.models import Choices
from django.utils import translation
from django.utils.translation import gettext as _

from guichet.formspec.declare import plain, table
from guichet.kernel.text import searchable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from guichet.formspec.declare import Asked, FormType

YES: Final = frozenset({"oui", "ja", "si", "yes", "x", "1", "true", "vrai", "wahr", "on", "o", "j"})
NO: Final = frozenset({"non", "nein", "no", "0", "false", "faux", "falsch", "n", ""})
_FIRST_DAY: Final = date(1899, 12, 30)  # of spreadsheets
_SERIALS: Final = range(20_000, 80_000)  # 1954 to 2119: a number in a column of dates is a day
_NOT_WORDS: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Column:
    """A question as a column. `table` is empty for what stands once on the form."""

    table: str
    name: str
    label: str
    kind: str
    hint: str = ""
    is_required: bool = False
    choices: tuple[tuple[str, str], ...] = ()  # (value, words)

    @property
    def key(self) -> str:
        """« lines.price »; the name of what has no table."""
        return f"{self.table}.{self.name}" if self.table else self.name

    def place(self, line: int) -> str:
        """As findings name it."""
        return f"{self.table}-{line}-{self.name}" if self.table else self.name


def columns(form_type: type[FormType], *, left_out: Collection[str] = ()) -> tuple[Column, ...]:
    """All columns in the order of the form, lines last, with labels nobody else on the sheet has."""
    names = [name for section in form_type.sections for name in section.fields if name not in left_out]
    alone = [column for name in names for column in _of(form_type, "", name)]
    lines = [column for name in names for column in _lines(form_type, name)]
    seen = Counter(folded(column.label) for column in (*alone, *lines))
    tables = sum(table(form_type.model_fields[name]) is not None for name in names)
    return tuple(
        _prefixed(form_type, column) if column.table and (tables > 1 or seen[folded(column.label)] > 1) else column
        for column in (*alone, *lines)
    )


def _of(asked: type[Asked], prefix: str, name: str) -> Iterator[Column]:
    info = asked.model_fields[name]
    if table(info) is not None:
        return
    ask, kind = asked.asks()[name], asked.kind(name)
    yield Column(
        table=prefix,
        name=name,
        label=str(ask.label),
        kind=kind.name,
        hint=str(ask.hint),
        is_required=info.is_required() and not ask.shown_if[0],
        choices=_choices(info.annotation),
    )


def _lines(form_type: type[FormType], name: str) -> Iterator[Column]:
    row = table(form_type.model_fields[name])
    if row is not None:
        for field in row.model_fields:
            yield from _of(row, name, field)


def _prefixed(form_type: type[FormType], column: Column) -> Column:
    label = f"{form_type.asks()[column.table].label} – {column.label}"
    return Column(**{**column.__dict__, "label": label})


def _choices(annotation: Any) -> tuple[tuple[str, str], ...]:
    kind = plain(annotation)
    if isinstance(kind, type) and issubclass(kind, Choices):
        return tuple((str(value), str(label)) for value, label in kind.choices)
    return ()


@cache
def _other_words(
    form_type: type[FormType], left_out: tuple[str, ...]
) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Keys by label and values by words, in every language of the platform: a German file is read in French too."""
    labels: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for column in columns(form_type, left_out=left_out):
                labels.setdefault(folded(column.label), column.key)
                for value, words in column.choices:
                    values.setdefault(column.key, {}).setdefault(folded(words), value)
                    values[column.key].setdefault(folded(value), value)
    for column in columns(form_type, left_out=left_out):
        labels.setdefault(folded(column.key), column.key)
        labels.setdefault(folded(column.name), column.key)
    return labels, values


def recognise(form_type: type[FormType], header: Sequence[str], *, left_out: Collection[str] = ()) -> list[str]:
    """For each heading the key of its column, or "" for one the form does not know."""
    labels, _values = _other_words(form_type, tuple(left_out))
    return [labels.get(folded(words), "") for words in header]


def raw_value(
    form_type: type[FormType], column: Column, text: str, value: object, *, left_out: Collection[str] = ()
) -> str:
    """What somebody would have typed into the form for this cell. ValueError with words for what nobody would."""
    if column.choices:
        _labels, values = _other_words(form_type, tuple(left_out))
        return values.get(column.key, {}).get(folded(text), text)
    if column.kind == "checkbox":
        return _tick(text)
    if column.kind == "date":
        return _day(text, value)
    if column.kind == "time":
        return _clock(text, value)
    return text


def _tick(text: str) -> str:
    word = folded(text)
    if word in YES:
        return "on"
    if word in NO:
        return ""
    raise ValueError(_("Répondez par oui ou par non."))


def _day(text: str, value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, (int, float)) and not isinstance(value, bool) and int(value) in _SERIALS:
        return f"{_FIRST_DAY + timedelta(days=int(value)):%d.%m.%Y}"
    return text


def _clock(text: str, value: object) -> str:
    if isinstance(value, (datetime, time)):
        return f"{value:%H:%M}"
    if isinstance(value, float) and 0 <= value < 1:  # a spreadsheet's time is a part of a day
        minutes = round(value * 24 * 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    return text


def folded(words: str) -> str:
    """Words as headings and choices are compared: without accents, case, signs and « (facultatif) »."""
    return _NOT_WORDS.sub("", searchable(words.replace("(facultatif)", "").replace("*", "")))
