"""Mandates from a list of the office's business application: one line each, a report for every line (REC-05)."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guichet import readers
from guichet.accounts.access import staff
from guichet.kernel.text import searchable
from guichet.recordings.actions import mandates as acts
from guichet.recordings.errors import NotPossible, NumberTaken
from guichet.recordings.forms_mandates import AnnounceForm, called
from guichet.recordings.queries import mandates as queries
from guichet.ui.forms import ErrorLink, FieldView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpResponse

    from guichet.accounts.access import Actor, SpaceRequest
    from guichet.accounts.models import Affiliation
    from guichet.recordings.models import Mandate

MOST_ROWS: Final = 500
MOST_BYTES: Final = 2 * 1024 * 1024
COLUMNS: Final = {
    "reference": "number",
    "expert": "affiliation",
    "nom": "last_name",
    "prenom": "first_name",
    "date de naissance": "birth_date",
    "n° assure": "avs_number",
    "no assure": "avs_number",
    "dates des entretiens": "interview_dates",
    "qui mene l'entretien": "expert_name",
    "telephone portable": "mobile",
    "e-mail": "email",
    "langue": "language",
    "referenz": "number",
    "sachverstandige person": "affiliation",
    "name": "last_name",
    "vorname": "first_name",
    "geburtsdatum": "birth_date",
    "ahv-nummer": "avs_number",
    "daten der interviews": "interview_dates",
    "leitung des interviews": "expert_name",
    "mobiltelefon": "mobile",
    "sprache": "language",
}
"""Headings in French and German, without accents and case, and the field they fill."""


@dataclass(frozen=True)
class Line:
    """What became of one line of the file."""

    number: int
    who: str
    mandate: Mandate | None
    errors: tuple[str, ...] = ()


@staff(right="records")
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: SpaceRequest, slug: str) -> HttpResponse:
    """The file, and afterwards the report. Good lines are announced, the others say what is wrong."""
    del slug
    lines: list[Line] = []
    error, status = "", HTTPStatus.OK
    if request.method == "POST":
        table, error = _table(request)
        if table is None:
            status = HTTPStatus.UNPROCESSABLE_ENTITY
        else:
            lines = [_announce(row, request.actor) for row in _rows(table, queries.experts(request.actor))]
    view = FieldView(
        name="file",
        kind="file",
        label=_("Liste des mandats"),
        hint=_("Classeur Excel ou fichier CSV, 500 lignes et 2 Mo au plus."),
        errors=(error,) if error else (),
    )
    context = {
        "file_view": view,
        "errors": [ErrorLink(view.anchor, error)] if error else [],
        "lines": lines,
        "made": sum(1 for line in lines if line.mandate),
        "refused": sum(1 for line in lines if line.errors),
    }
    return render(request, "recordings/desk/import.html", context, status=status)


def _table(request: SpaceRequest) -> tuple[readers.Table | None, str]:
    file = request.FILES.get("file")
    if file is None:
        return None, _("Choisissez un classeur Excel ou un fichier CSV.")
    if (file.size or 0) > MOST_BYTES:
        return None, _("Ce fichier dépasse 2 Mo. Répartissez les mandats dans plusieurs fichiers.")
    try:
        table = readers.table(file.read(), name=file.name or "", most_rows=MOST_ROWS)
    except readers.Unreadable as unreadable:
        return None, str(unreadable.text)
    known = {COLUMNS.get(searchable(text)) for text in table.header.texts}
    if not {"affiliation", "last_name", "first_name", "birth_date", "avs_number"} <= known:
        return None, _(
            "La première ligne doit nommer les colonnes : Expert, Nom, Prénom, Date de naissance, N° assuré."
        )
    return table, ""


@dataclass(frozen=True)
class _Row:
    number: int
    values: dict[str, str]
    form: AnnounceForm
    several: bool  # experts of the name in this line


def _rows(table: readers.Table, experts: list[Affiliation]) -> Iterable[_Row]:
    fields = [COLUMNS.get(searchable(text), "") for text in table.header.texts]
    meant = _meant(experts)
    for row in table.rows:
        values = {name: row.cell(place).text for place, name in enumerate(fields) if name}
        found = meant.get(searchable(values.get("affiliation", "")), set())
        values["affiliation"] = next(iter(found)) if len(found) == 1 else ""
        values["language"] = values.get("language", "").strip().casefold()[:2] or "fr"
        yield _Row(row.number, values, AnnounceForm(values, experts=experts), len(found) > 1)


def _meant(experts: list[Affiliation]) -> dict[str, set[str]]:
    """Whom a word of the list may mean: a name, a name with its place, a GLN. Never one of several by chance."""
    found: dict[str, set[str]] = {}
    labels = called(experts)
    for one in experts:
        for word in {str(one.partner), labels[str(one.pk)], one.partner.gln} - {""}:
            found.setdefault(searchable(word), set()).add(str(one.pk))
    return found


def _announce(row: _Row, by: Actor) -> Line:
    who = f"{row.values.get('last_name', '')} {row.values.get('first_name', '')}".strip()[:120]
    form = row.form
    if row.several:
        text = _("Plusieurs experts portent ce nom : indiquez le GLN dans la colonne Expert.")
        return Line(row.number, who, None, (text,))
    if not form.is_valid():
        found = ((form.fields[name].label, texts) for name, texts in form.errors.items() if name in form.fields)
        errors = tuple(_("{label} : {text}").format(label=label, text=text) for label, texts in found for text in texts)
        return Line(row.number, who, None, errors)
    try:
        to = form.experts[form.cleaned_data["affiliation"]]
        return Line(row.number, who, acts.announce(affiliation=to, facts=form.facts(), by=by))
    except NumberTaken:
        return Line(row.number, who, None, (_("Un mandat de l'office porte déjà cette référence."),))
    except NotPossible:
        return Line(row.number, who, None, (_("Cet expert ou ce centre ne reçoit plus de mandats."),))
