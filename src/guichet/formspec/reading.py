"""What was posted → typed answers and findings. The same path for page, file and API."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from guichet.formspec.declare import table
from guichet.formspec.findings import blocking, moved
from guichet.kernel.findings import Finding, Invalid, Level

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from pydantic_core import ErrorDetails

    from guichet.formspec.declare import Asked, FormType, Row

_UNREADABLE = ("value.unreadable", _("Saisissez une valeur valable."), "")
_REQUIRED = ("field.required", _("Le champ {label} est obligatoire."), "")
_SAID = {  # what pydantic says → code, words, and the limit they name
    "missing": _REQUIRED,
    "string_too_short": _REQUIRED,  # nothing is left of what was typed
    "string_too_long": ("text.too_long", _("Raccourcissez ce texte à {most} caractères."), "max_length"),
    "too_short": ("rows.none", _("Ajoutez au moins une ligne."), ""),
    "too_long": ("rows.too_many", _("Répartissez vos lignes : {most} au plus par facture."), "max_length"),
    "enum": ("choice.unknown", _("Choisissez une valeur de la liste."), ""),
    "greater_than_equal": ("number.too_small", _("Saisissez au moins {least}."), "ge"),
    "less_than_equal": ("number.too_large", _("Saisissez au plus {most}."), "le"),
}
_OF_TABLES = ("too_short", "too_long")

Raw = dict[str, Any]  # what was typed: text by field, a list of such dicts by table

LONGEST_TEXT = 4_000  # characters kept of one field
MOST_ROWS = 200  # rows read of one table; the form's own limit is lower and says so
_ROW = re.compile(r"(?P<table>[a-z_]+)-(?P<index>\d{1,4})-(?P<field>[a-z_]+)")


@dataclass(frozen=True)
class Reading:
    """The result of reading: `answers` is None while a field cannot be read."""

    raw: Raw
    answers: FormType | None
    findings: tuple[Finding, ...] = field(default=())

    @property
    def is_blocked(self) -> bool:
        """Whether the form cannot be sent."""
        return any(finding.level is Level.BLOCKING for finding in self.findings)


def nest(posted: Mapping[str, str], form_type: type[FormType]) -> Raw:
    """Fields `trips-0-on` of a page as lists of rows; unknown names are left out (mass assignment)."""
    raw: Raw = {}
    rows: dict[str, dict[int, dict[str, str]]] = {}
    tables = {name: row for name, info in form_type.model_fields.items() if (row := table(info))}
    for name, value in posted.items():
        if name in form_type.model_fields and name not in tables:
            raw[name] = _kept(value)
            continue
        match = _ROW.fullmatch(name)
        row = tables.get(match["table"]) if match else None
        if match and row and match["field"] in row.model_fields:
            lines = rows.setdefault(match["table"], {})
            lines.setdefault(int(match["index"]), {})[match["field"]] = _kept(value)
    for name in tables:
        lines = rows.get(name, {})
        raw[name] = [lines[index] for index in sorted(lines)][:MOST_ROWS]
    return raw


def _kept(value: object) -> str:
    """To the letter, but for the one sign no database column holds."""
    return str(value)[:LONGEST_TEXT].replace("\0", "")


def within(raw: Raw, before: Raw, editable: Collection[str]) -> Raw:
    """What was typed at the places that may be changed; everything else as it was before (FRM-07).

    A place is a field, a table, a line (« trips-0 ») or a field of a line (« trips-0-on »). Lines come and go only
    where the whole table may be changed.
    """
    merged = {name: _merged(name, raw.get(name), before.get(name), editable) for name in {**before, **raw}}
    return {name: value for name, value in merged.items() if value is not None}


def _merged(place: str, new: Any, old: Any, editable: Collection[str]) -> Any:
    if place in editable:
        return new
    if not isinstance(old, list):
        return old
    typed = [*(new or []), *({} for _line in old)]
    return [
        typed[index]
        if f"{place}-{index}" in editable
        else _merged_line(f"{place}-{index}", typed[index], line, editable)
        for index, line in enumerate(old)
    ]


def _merged_line(place: str, new: Raw, old: Raw, editable: Collection[str]) -> Raw:
    merged = {name: (new if f"{place}-{name}" in editable else old).get(name) for name in {**old, **new}}
    return {name: value for name, value in merged.items() if value is not None}


def read(form_type: type[FormType], raw: Raw, context: object) -> Reading:
    """Types first; once every answer has its type, the rules of lines and form."""
    filled, positions = _filled(form_type, raw)
    try:
        answers = form_type.model_validate(filled)
    except ValidationError as error:
        found = [_finding(form_type, problem, positions) for problem in error.errors(include_url=False)]
        return Reading(raw, None, tuple(found))
    return Reading(raw, answers, tuple(_judge(answers, context, positions)))


def _judge(answers: FormType, context: object, positions: dict[str, list[int]]) -> list[Finding]:
    checks = list(type(answers).rules())
    found = [finding for check in checks if not getattr(check, "is_last", False) for finding in check(answers, context)]
    for name, info in type(answers).model_fields.items():
        if row := table(info):
            found += _judge_rows(name, row, getattr(answers, name), context, positions[name])
    if any(finding.level is Level.BLOCKING for finding in found):
        return found
    return found + [
        finding for check in checks if getattr(check, "is_last", False) for finding in check(answers, context)
    ]


def _judge_rows(
    name: str, row: type[Row], lines: Sequence[Row], context: object, positions: list[int]
) -> Iterator[Finding]:
    for position, line in zip(positions, lines, strict=True):
        for check in row.rules():
            for finding in check(line, context):
                yield moved(finding, f"{name}-{position}")


def is_asked(asked: type[Asked], name: str, raw: Mapping[str, Any]) -> bool:
    """Whether the question applies, given the other answers."""
    other, values = asked.asks()[name].shown_if
    return not other or raw.get(other) in values


def _filled(form_type: type[FormType], raw: Raw) -> tuple[Raw, dict[str, list[int]]]:
    """Without blanks and without questions that do not apply; empty rows are skipped, their places remembered."""
    filled = _without_blanks(form_type, raw)
    positions: dict[str, list[int]] = {}
    for name, info in form_type.model_fields.items():
        row = table(info)
        if row is None:
            continue
        lines = [(index, _without_blanks(row, line)) for index, line in enumerate(raw.get(name) or [])]
        kept = [(index, line) for index, line in lines if _is_started(row, line)]
        filled[name] = [line for _index, line in kept]
        positions[name] = [index for index, _line in kept]
    return filled, positions


def _without_blanks(asked: type[Asked], raw: Mapping[str, Any]) -> Raw:
    return {
        name: value
        for name, value in raw.items()
        if name in asked.model_fields
        and not isinstance(value, list)
        and not (isinstance(value, str) and not value.strip())
        and is_asked(asked, name, raw)
    }


def _is_started(row: type[Asked], line: Mapping[str, Any]) -> bool:
    """A row that holds only preselected choices and counts was not started."""
    preselected = {"select", "radio"}
    return any(
        row.kind(name).name not in preselected and value != str(row.model_fields[name].default)
        for name, value in line.items()
    )


def _finding(form_type: type[FormType], problem: ErrorDetails, positions: dict[str, list[int]]) -> Finding:
    place, label = _place(form_type, problem["loc"], positions)
    limits = problem.get("ctx", {})
    cause = limits.get("error")
    if isinstance(cause, Invalid):
        return cause.as_finding(place)
    kind, where = problem["type"], problem["loc"]
    if kind in _OF_TABLES and (len(where) > 1 or not table(form_type.model_fields[str(where[0])])):
        kind = f"string_{kind}"  # a text behind a validator of ours: pydantic does not know that it is one
    code, text, limit = _SAID.get(kind, _UNREADABLE)
    return blocking(code, place, text, label=label, most=limits.get(limit), least=limits.get(limit))


def _place(form_type: type[FormType], where: tuple[int | str, ...], positions: dict[str, list[int]]) -> tuple[str, str]:
    """The place, « trips-3-on », and the label of the question, with the row's place on the page."""
    name = str(where[0])
    if len(where) == 1:
        return name, str(form_type.asks()[name].label)
    row = table(form_type.model_fields[name])
    index = positions[name][int(where[1])]
    if row is None or len(where) == 2:  # table, index
        return f"{name}-{index}", ""
    return f"{name}-{index}-{where[2]}", str(row.asks()[str(where[2])].label)
