"""What the desk arranges for itself: who stands in for whom, and the catalogue of reasons."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guichet.accounts.access import staff
from guichet.casework.errors import Overtaken
from guichet.invoices import queries
from guichet.invoices.actions import reasons as reason_acts
from guichet.invoices.actions import substitutes as acts
from guichet.invoices.actions.desk import NotAReviewer
from guichet.invoices.models import ReasonKind
from guichet.invoices.queries.review import substitutions
from guichet.invoices.reasons import LANGUAGES, Reason, catalogue_of
from guichet.kernel import dates
from guichet.kernel.findings import Invalid
from guichet.ui.forms import Choice, FieldView, error_links
from guichet.ui.views import error_page

if TYPE_CHECKING:
    from datetime import date

    from guichet.accounts.access import SpaceRequest

_ADMINISTRATORS: Final = frozenset({"administrator"})


@staff(right="review")
@require_http_methods(["GET", "HEAD", "POST"])
def substitutes(request: SpaceRequest, slug: str) -> HttpResponse:
    """Who is away and who finds those invoices among theirs; add one."""
    if request.method != "POST":
        return _substitutes(request, {})
    typed = {name: request.POST.get(name, "")[:40] for name in ("absent", "par", "du", "au")}
    try:
        acts.substitute(
            absent=_uuid(typed["absent"]) if typed["absent"] else request.actor.person.pk,
            by_whom=_uuid(typed["par"]),
            first_day=_day(typed["du"], "du"),
            last_day=_day(typed["au"], "au"),
            by=request.actor,
        )
    except _Wrong as fault:
        return _substitutes(request, typed, {fault.place: _("Saisissez une date au format jj.mm.aaaa.")})
    except acts.NobodyElse:
        return _substitutes(request, typed, {"par": _("Choisissez une autre personne.")})
    except acts.WrongDays:
        return _substitutes(request, typed, {"au": _("Le dernier jour suit le premier et n'est pas passé.")})
    except NotAReviewer:
        return _substitutes(request, typed, {"par": _("Choisissez une personne qui examine des factures.")})
    messages.success(request, _("Le remplacement est enregistré."))
    return HttpResponseRedirect(reverse("invoices:substitutes", args=[slug]), status=303)


class _Wrong(Exception):
    """A day nobody can read."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


def _day(typed: str, place: str) -> date:
    try:
        return dates.parse_date(typed, today=timezone.localdate())
    except Invalid as fault:
        raise _Wrong(place) from fault


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)  # nobody has it


def _substitutes(
    request: SpaceRequest, typed: dict[str, str], wrong: dict[str, str] | None = None
) -> HttpResponse:  # fmt: skip
    people = tuple(Choice(str(person.pk), str(person)) for person in queries.reviewers(request.actor))
    wrong = wrong or {}

    def ask(name: str, label: str, kind: str, **more: Any) -> FieldView:
        return FieldView(
            name=name,
            label=label,
            kind=kind,
            value=typed.get(name, more.pop("value", "")),
            errors=(wrong[name],) if name in wrong else (),
            **more,
        )

    me = str(request.actor.person.pk)
    fields = [
        ask("par", _("Remplacée par"), "select", choices=(Choice("", _("Choisir")), *people)),
        ask("du", _("Premier jour"), "date", value=dates.format_date(timezone.localdate())),
        ask("au", _("Dernier jour"), "date"),
    ]
    if request.actor.role == "administrator":
        fields.insert(0, ask("absent", _("Personne absente"), "select", choices=people, value=me))
    context = {"fields": fields, "rows": substitutions(request.actor), "errors": error_links(fields)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return render(request, "invoices/desk/substitutes.html", context, status=status)


@staff(right="review")
@require_POST
def substitute_end(request: SpaceRequest, slug: str, substitution_id: UUID) -> HttpResponse:
    """Back earlier than planned."""
    found = next((row for row in substitutions(request.actor) if row.pk == substitution_id), None)
    if found is None:
        raise Http404
    try:
        acts.end(found, by=request.actor)
    except NotAReviewer:
        return error_page(request, HTTPStatus.FORBIDDEN)
    except Overtaken:
        return error_page(request, HTTPStatus.CONFLICT)
    return HttpResponseRedirect(reverse("invoices:substitutes", args=[slug]), status=303)


@staff(right="review", roles=_ADMINISTRATORS)
@require_http_methods(["GET", "HEAD"])
def reasons(request: SpaceRequest, slug: str) -> HttpResponse:
    """The catalogue: what agents choose from when they ask for a correction, refuse, accept a part."""
    del slug
    return render(request, "invoices/desk/reasons.html", {"reasons": catalogue_of(request.insurer)})


@staff(right="review", roles=_ADMINISTRATORS)
@require_http_methods(["GET", "HEAD", "POST"])
def reason(request: SpaceRequest, slug: str, code: str = "") -> HttpResponse:
    """Add a reason, or change, archive and bring back the one of that code."""
    known = _known(request, code)
    typed = {name: str(value)[:700] for name, value in request.POST.items()}
    if request.method != "POST":
        return _reason(request, known, {})
    match typed.get("do"):
        case "archive" if known:
            reason_acts.archive_reason(known, by=request.actor)
        case "restore" if known:
            reason_acts.restore_reason(known, by=request.actor)
        case _:
            wanted = known.code if known else typed.get("code", "").strip().lower()
            if not known and any(one.code == wanted for one in catalogue_of(request.insurer)):
                return _reason(request, known, typed, wrong=("code",))
            try:
                reason_acts.keep_reason(code=wanted, kind=typed.get("kind", ""), texts=typed, by=request.actor)
            except reason_acts.ReasonRefused as fault:
                return _reason(request, known, typed, wrong=fault.places)
    messages.success(request, _("Le catalogue est à jour."))
    return HttpResponseRedirect(reverse("invoices:reasons", args=[slug]), status=303)


def _known(request: SpaceRequest, code: str) -> Reason | None:
    if not code:
        return None
    found = next((one for one in catalogue_of(request.insurer) if one.code == code), None)
    if found is None:
        raise Http404
    return found


def _reason(
    request: SpaceRequest, known: Reason | None, typed: dict[str, str], *, wrong: tuple[str, ...] = ()
) -> HttpResponse:
    words = {"code": _("Choisissez un code qui n'existe pas encore : lettres, chiffres et traits d'union.")}
    words["kind"] = _("Choisissez un usage.")

    def ask(name: str, label: str, kind: str, value: str, **more: Any) -> FieldView:
        errors = (words.get(name, _("Écrivez le texte dans cette langue.")),) if name in wrong else ()
        return FieldView(name=name, label=label, kind=kind, value=typed.get(name, value), errors=errors, **more)

    kinds = tuple(Choice(value, label) for value, label in ReasonKind.choices)
    fields = [ask("kind", _("Usage"), "select", known.kind if known else "", choices=kinds)]
    if known is None:
        hint = _("Par exemple : rapport-manquant. Il ne change plus.")
        fields.insert(0, ask("code", _("Code"), "text", "", hint=hint, width="medium"))
    names = {"fr": _("Français"), "de": _("Allemand"), "it": _("Italien"), "en": _("Anglais")}
    fields += [
        ask(one, names[one], "textarea", known.texts.get(one, "") if known else "", maxlength=reason_acts.LONGEST)
        for one in LANGUAGES
    ]
    context = {"fields": fields, "reason": known, "errors": error_links(fields)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return render(request, "invoices/desk/reason.html", context, status=status)
