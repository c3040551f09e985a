"""Decisions from a file: read in a child process, shown with a report per row, imported once confirmed (INV-10)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guichet import readers
from guichet.accounts.access import staff
from guichet.invoices.actions import decisions as acts
from guichet.invoices.granting_forms import OfficeDecisionForm, quota_name
from guichet.invoices.models import TERMS, OfficeDecision
from guichet.ui.forms import ErrorLink, FieldView
from guichet.ui.views import error_page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from guichet.accounts.access import SpaceRequest

MOST_ROWS: Final = 500
_MOST_BYTES: Final = 1024 * 1024
_SALT: Final = "invoices.decision_import"
_TOKEN_AGE: Final = 3600  # seconds
_ACCEPTED: Final = ".csv,.xlsx,.ods"
_KINDS: Final = {"montant": "amount", "heures": "hours", "nuits": "nights", "trajets": "trips", "jours": "days"}
_PERIODS: Final = {"mois": "month", "annee": "year", "total": "total"}
COLUMNS: Final = {
    "numero": "number",
    "n_assure": "avs_number",
    "nom": "last_name",
    "prenom": "first_name",
    "valable_du": "valid_from",
    "valable_au": "valid_to",
    "formulaires": "forms_covered",
    "description": "description",
    **{f"{kind}_{per}": quota_name(_KINDS[kind], _PERIODS[per]) for kind in _KINDS for per in _PERIODS},
    **{key: f"term_{key}" for key in TERMS},
}
"""Header of the file → field of the form."""
_NEEDED: Final = ("numero", "n_assure", "nom", "prenom", "valable_du")


@dataclass
class Line:
    """One row of the file and what is wrong with it."""

    number: int
    data: dict[str, str]
    faults: list[str] = field(default_factory=list)

    @property
    def decision(self) -> str:
        """Its number as the file has it."""
        return self.data.get("number", "")

    @property
    def person(self) -> str:
        """Whose it is."""
        return f"{self.data.get('last_name', '')} {self.data.get('first_name', '')}".strip()


@staff(right="review")
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: SpaceRequest, slug: str) -> HttpResponse:
    """Choose a file, look at the report, import what is right."""
    if request.method != "POST":
        return _page(request)
    if "token" in request.POST:
        return _import(request, slug)
    file = request.FILES.get("file")
    if file is None:
        return _refused(request, _("Choisissez un fichier."), HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        table = readers.table(file.read(_MOST_BYTES + 1)[: _MOST_BYTES + 1], name=file.name or "", most_rows=MOST_ROWS)
    except readers.Unreadable as unreadable:
        return _refused(request, unreadable.text, unreadable.status)
    names = _fields_of(table.header.texts)
    missing = [column for column in _NEEDED if COLUMNS[column] not in names]
    if missing:
        text = _("Ces colonnes manquent : {columns}.").format(columns=", ".join(missing))
        return _refused(request, text, HTTPStatus.UNPROCESSABLE_ENTITY)
    lines = [Line(row.number, _data(names, row.texts)) for row in table.rows]
    _judge(lines, request, dict(zip(names, table.header.texts, strict=False)))
    right = [[line.number, line.data] for line in lines if not line.faults]
    token = signing.dumps({"p": str(request.actor.person.pk), "r": right}, salt=_SALT, compress=True)
    return _page(request, lines=lines, right=len(right), token=token)


def _column(text: str) -> str:
    plain = text.strip().casefold().translate(str.maketrans("éèêàçôûîâ", "eeeacouia"))
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def _fields_of(header: Iterable[str]) -> list[str]:
    """The form's field of every column, by its code or by the form's own words in the reader's language."""
    labels = {_column(str(field.label)): name for name, field in OfficeDecisionForm().fields.items()}
    columns = [_column(text) for text in header]
    return [COLUMNS.get(column) or labels.get(column, "") for column in columns]


def _data(names: Iterable[str], texts: Iterable[str]) -> dict[str, str]:
    pairs = zip(names, texts, strict=False)
    return {name: text[:400].replace("\0", "") for name, text in pairs if name and text.strip()}


def _judge(lines: list[Line], request: SpaceRequest, headers: dict[str, str]) -> None:
    """The faults of every row: by the form, then numbers said twice or entered already."""
    forms = [(line, OfficeDecisionForm(line.data)) for line in lines]
    numbers: dict[str, int] = {}
    for line, form in forms:
        form.is_valid()
        line.faults += [
            f"{headers.get(name, form.fields[name].label)} : {texts[0]}" for name, texts in form.errors.items()
        ]
        number = form.cleaned_data.get("number", "")
        if number and number in numbers:
            line.faults.append(_("Ce numéro figure déjà à la ligne {line}.").format(line=numbers[number]))
        elif number:
            numbers[number] = line.number
    taken = set(
        OfficeDecision.objects.filter(insurer=request.insurer, number__in=list(numbers)).values_list(
            "number", flat=True
        )
    )
    for line, form in forms:
        if form.cleaned_data.get("number") in taken:
            line.faults.append(_("Une décision porte déjà ce numéro."))


def _import(request: SpaceRequest, slug: str) -> HttpResponse:
    """What the report showed as right, row by row; a number entered meanwhile is left out and said."""
    try:
        said = signing.loads(request.POST["token"], salt=_SALT, max_age=_TOKEN_AGE)
    except signing.BadSignature:
        return error_page(request, HTTPStatus.CONFLICT)
    if said["p"] != str(request.actor.person.pk):
        return error_page(request, HTTPStatus.CONFLICT)
    entered, left_out = 0, []
    for number, data in said["r"]:
        form = OfficeDecisionForm(data)
        try:
            if form.is_valid():
                acts.enter(form.granting(), by=request.actor, how="file")
                entered += 1
                continue
        except acts.NumberTaken:
            pass
        left_out.append(str(number))
    messages.success(request, _("{count} décisions sont enregistrées.").format(count=entered))
    if left_out:
        messages.warning(
            request, _("Pas reprises, déjà enregistrées : lignes {lines}.").format(lines=", ".join(left_out))
        )
    return HttpResponseRedirect(reverse("invoices:decisions", args=[slug]), status=303)


def _refused(request: SpaceRequest, text: str, status: int) -> HttpResponse:
    return _page(request, errors=[ErrorLink("id_file", text)], status=status)


def _page(request: SpaceRequest, *, status: int = HTTPStatus.OK, **more: Any) -> HttpResponse:
    fields = OfficeDecisionForm().fields
    columns = [(column, fields[name].label, column in _NEEDED) for column, name in COLUMNS.items()]
    context: dict[str, Any] = {"columns": columns, **more}
    context.setdefault("errors", [])
    context.setdefault("lines", None)
    context["most"] = MOST_ROWS
    context["file_field"] = FieldView(
        name="file",
        label=_("Fichier"),
        kind="file",
        attributes={"accept": _ACCEPTED},
        errors=tuple(str(error.text) for error in context["errors"]),
    )
    return render(request, "invoices/desk/decision_import.html", context, status=status)
