"""A form type with what was typed and found → sections and fields for the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Choices

from guichet.formspec.declare import Ask, plain, table
from guichet.formspec.findings import words
from guichet.kernel.findings import Level
from guichet.ui.forms import Choice, FieldView, side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from guichet.formspec.declare import Asked, FormType, Row, Words
    from guichet.formspec.reading import Raw
    from guichet.kernel.findings import Finding

_WIDE = 7  # a line with more columns is shown as a card, not as a row of a table


@dataclass(frozen=True)
class Look:
    """What the page knows besides the answers."""

    findings: Iterable[Finding] = ()
    choices: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)  # of fields whose list is not the form's
    previous: Mapping[str, Any] | None = None  # raw answers of the version before, while a correction is made
    pins: Mapping[str, str] = field(default_factory=dict)  # the office's remarks by place
    editable: frozenset[str] | None = None  # places that may be changed; None: all
    attributes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # data-… by field


@dataclass(frozen=True)
class RowView:
    """One line of a table on the page."""

    index: int
    fields: tuple[FieldView, ...]
    errors: tuple[str, ...] = ()
    note: str = ""
    rows: tuple[tuple[FieldView, ...], ...] = ()  # the same fields, as they stand beside one another

    @property
    def anchor(self) -> str:
        """Where the error summary leads."""
        return self.fields[0].anchor


@dataclass(frozen=True)
class TableView:
    """A repeating part of the form: rows of a table, or cards if a line has many questions."""

    name: str
    label: Words
    columns: tuple[Words, ...]
    rows: tuple[RowView, ...]
    blank: RowView  # the template of a new line
    as_cards: bool
    errors: tuple[str, ...] = ()


@dataclass(frozen=True)
class SectionView:
    """A legend and its questions."""

    title: Words
    hint: Words
    fields: tuple[FieldView, ...] = ()
    rows: tuple[tuple[FieldView, ...], ...] = ()  # the same fields, as they stand beside one another
    table: TableView | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Of its questions."""
        return tuple(field.name for field in self.fields)


def sections(form_type: type[FormType], raw: Raw, look: Look) -> tuple[SectionView, ...]:
    """The whole page, in the order of the form."""
    at = _by_place(look.findings)
    shown = []
    for section in form_type.sections:
        first = section.fields[0]
        row = table(form_type.model_fields[first])
        if row is not None:
            view = _table(first, form_type.asks()[first], row, raw.get(first) or [_preset(row)], at, look)
            shown.append(SectionView(section.title, section.hint, table=view))
        else:
            fields = tuple(_field(form_type, name, name, raw, at, look) for name in section.fields)
            rows = side_by_side(fields, section.beside)
            shown.append(SectionView(section.title, section.hint, fields, rows))
    return tuple(shown)


def all_fields(shown: Iterable[SectionView]) -> Iterable[FieldView]:
    """Every question of the page, for the error summary."""
    for section in shown:
        yield from section.fields
        if section.table:
            for row in section.table.rows:
                yield from row.fields


def _by_place(findings: Iterable[Finding]) -> dict[str, list[str]]:
    at: dict[str, list[str]] = {}
    for finding in findings:
        if finding.level is Level.BLOCKING:
            at.setdefault(finding.place, []).append(words(finding))
    return at


def _table(name: str, ask: Ask, row: type[Row], lines: list[Raw], at: Mapping[str, list[str]], look: Look) -> TableView:
    asks = row.asks()
    return TableView(
        name=name,
        label=ask.label,
        columns=tuple(asked.label for asked in asks.values()),
        rows=tuple(_row(name, index, row, line, at, look) for index, line in enumerate(lines)),
        blank=_row(name, "__index__", row, _preset(row), {}, Look()),
        as_cards=len(asks) > _WIDE,
        errors=tuple(at.get(name, ())),
    )


def _preset(row: type[Row]) -> Raw:
    """What a new line already says: defaults other than nothing."""
    defaults = {name: info.default for name, info in row.model_fields.items() if not info.is_required()}
    return {name: str(value) for name, value in defaults.items() if value not in (None, "", False)}


def _row(name: str, index: int | str, row: type[Row], line: Raw, at: Mapping[str, list[str]], look: Look) -> RowView:
    prefix = f"{name}-{index}"
    fields = tuple(_field(row, field_name, f"{prefix}-{field_name}", line, at, look) for field_name in row.asks())
    return RowView(
        index=index if isinstance(index, int) else -1,
        fields=fields,
        errors=tuple(at.get(prefix, ())),
        note=look.pins.get(prefix, ""),
        rows=side_by_side(fields, row.beside, f"{prefix}-"),
    )


def _field(
    asked: type[Asked], name: str, place: str, values: Raw, at: Mapping[str, list[str]], look: Look
) -> FieldView:
    ask, info, kind = asked.asks()[name], asked.model_fields[name], asked.kind(name).name
    value = values.get(name, "")
    shown_if, shown_for = ask.shown_if
    attributes = dict(look.attributes.get(name, {}))
    if shown_if:
        attributes |= {"data-shown-if": shown_if, "data-shown-for": " ".join(shown_for)}
    return FieldView(
        name=place,
        label=ask.label,
        kind=kind,
        hint=ask.hint,
        value=value in ("on", "True", "true") if kind == "checkbox" else value,
        errors=tuple(at.get(place, ())),
        required=info.is_required() or ask.needed,
        choices=look.choices.get(name) or _choices(asked, name),
        width=ask.width,
        autocomplete=ask.autocomplete,
        locked=look.editable is not None and not _may_change(place, look.editable),
        previous=_previous(place, look.previous, value),
        note=look.pins.get(place, ""),
        attributes=attributes,
    )


def _may_change(place: str, editable: frozenset[str]) -> bool:
    parts = place.split("-")
    return any("-".join(parts[:length]) in editable for length in range(1, len(parts) + 1))


def _choices(asked: type[Asked], name: str) -> tuple[Choice, ...]:
    kind = plain(asked.model_fields[name].annotation)
    if isinstance(kind, type) and issubclass(kind, Choices):
        return (Choice("", "—"), *(Choice(str(value), label) for value, label in kind.choices))
    return ()


def _previous(place: str, before: Mapping[str, Any] | None, value: Any) -> str:
    """What the version before said, if it said something else."""
    if before is None:
        return ""
    parts = place.split("-")
    if len(parts) == 1:
        old = before.get(place, "")
    else:
        lines = before.get(parts[0]) or []
        index = int(parts[1]) if parts[1].isdigit() else len(lines)
        old = lines[index].get(parts[2], "") if index < len(lines) else ""
    return str(old) if old and str(old) != str(value) else ""
