"""The empty workbook of a form type, and a sheet that explains it; both follow from the form's declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from guichet import readers
from guichet.invoices.sheets import invoices
from guichet.invoices.sheets.people import people_columns
from guichet.kernel import dates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guichet.formspec.columns import Column
    from guichet.formspec.declare import FormType

_WIDTHS: Final = {"date": 12, "time": 9, "amount": 12, "decimal": 11, "integer": 9, "checkbox": 9, "textarea": 40}
_TEXT_KINDS: Final = frozenset({"text", "textarea", "avs", "iban"})
_EXAMPLE_AVS: Final = "756.9999.0000.12"


def of_form(form_type: type[FormType]) -> bytes:
    """The workbook for many invoices of one form."""
    columns = invoices.form_columns(form_type)
    return readers.write_table(_sheet(_("Factures"), columns), _explanations(columns), _example(form_type, columns))


def of_people() -> bytes:
    """The workbook for beneficiaries and their decisions."""
    columns = people_columns()
    return readers.write_table(_sheet(_("Bénéficiaires"), columns), _explanations(columns))


def _sheet(title: str, columns: Sequence[Column]) -> readers.Sheet:
    return readers.Sheet(
        title,
        [[column.label for column in columns]],
        widths=[max(_WIDTHS.get(column.kind, 20), min(len(column.label) + 2, 34)) for column in columns],
        as_text=[index for index, column in enumerate(columns) if column.kind in _TEXT_KINDS and not column.choices],
        choices={index: _offered(column) for index, column in enumerate(columns) if _offered(column)},
    )


def _offered(column: Column) -> list[str]:
    if column.kind == "checkbox":
        return [_("oui"), _("non")]
    return [label for _value, label in column.choices]


def _explanations(columns: Sequence[Column]) -> readers.Sheet:
    head = [_("Colonne"), _("Obligatoire"), _("Contenu"), _("Valeurs possibles"), _("Explication")]
    rows = [
        [
            column.label,
            _("oui") if column.is_required else "",
            _kinds().get(column.kind, _("texte")),
            " / ".join(_offered(column)),
            column.hint,
        ]
        for column in columns
    ]
    return readers.Sheet(_("Explications"), [head, *rows], widths=[34, 12, 22, 60, 70])


def _kinds() -> dict[str, str]:
    return {
        "date": _("date, 05.11.2026"),
        "time": _("heure, 08:30"),
        "amount": _("montant en CHF, 1'234.50"),
        "decimal": _("nombre"),
        "integer": _("nombre entier"),
        "checkbox": _("oui ou non"),
        "avs": _("numéro AVS"),
        "iban": _("IBAN"),
        "select": _("une des valeurs"),
        "radio": _("une des valeurs"),
    }


def _example(form_type: type[FormType], columns: Sequence[Column]) -> readers.Sheet:
    """The form's own example, as rows."""
    answers = form_type.example().model_dump()
    tables = {column.table for column in columns if column.table}
    count = max((len(answers[name]) for name in tables), default=1)
    rows = [[_shown(column, answers, index) for column in columns] for index in range(max(count, 1))]
    return readers.Sheet(_("Exemple"), [[column.label for column in columns], *rows], widths=[20] * len(columns))


def _shown(column: Column, answers: dict[str, Any], index: int) -> str:
    if column.name == invoices.KEY:
        return "1"
    if index and not column.table:
        return ""
    if column.name == invoices.PERSON:
        return _EXAMPLE_AVS
    if column.name.startswith(":"):
        return ""
    lines = answers[column.table] if column.table else [answers]
    return _words(column, lines[index].get(column.name)) if index < len(lines) else ""


def _words(column: Column, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("oui") if value else ""
    if column.kind == "date":
        return dates.format_date(value)
    if column.kind == "time":
        return str(value)[:5]
    return next((label for known, label in column.choices if known == str(value)), str(value))
