"""The office's queue: mine, unassigned, all; narrowed, assigned, taken, accepted in bulk (INV-22)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guichet.accounts.access import staff
from guichet.formspec import registry
from guichet.invoices import queries
from guichet.invoices.actions import desk
from guichet.invoices.marks import Mark
from guichet.invoices.models import Invoice
from guichet.invoices.queries.desk import ALL, FREE, MINE, OPEN
from guichet.invoices.states import Status
from guichet.invoices.views.common import form_label
from guichet.kernel import holidays, money
from guichet.kernel.findings import Invalid
from guichet.ui.addresses import addresses
from guichet.ui.forms import Choice, FieldView

if TYPE_CHECKING:
    from decimal import Decimal

    from guichet.accounts.access import SpaceRequest

TABS: Final = (MINE, FREE, ALL)
_AGES: Final = (5, 10, 15, 30)  # working days
_RARE: Final = ("signe", "age", "de", "a", "societe")  # filters that open with a word


@staff(right="review")
@require_safe
def queue(request: SpaceRequest, slug: str) -> HttpResponse:
    """What waits for a decision, the oldest first; any other state by its filter."""
    wanted = wanted_of(request)
    page = queries.desk_queue(
        request.actor, wanted, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    counts = queries.desk_counts(request.actor)
    review = addresses("invoices:review", slug)
    context = {
        "rows": [_row(request, line) | {"url": review(line.pk)} for line in page.rows],
        "page": page,
        "tab": wanted.tab,
        "tabs": _tabs(wanted, counts),
        "counts": counts,
        "is_open": wanted.status in OPEN,
        "can_accept": wanted.status == Status.IN_REVIEW,
        "filtered": bool(set(request.GET) - {"onglet", "after", "before"}),
        "filter_fields": _filter_fields(request, wanted),
        "more_filters": _more_filters(request, wanted),
        "more_open": any(request.GET.get(name) for name in _RARE),
        "here": reverse("invoices:desk_queue", args=[slug]),
    }
    return render(request, "invoices/desk/queue.html", context)


def wanted_of(request: SpaceRequest) -> queries.Wanted:
    """What the address of the page asks for; nonsense asks for nothing."""
    asked = request.GET
    tab, status, flag, form = (asked.get(name, "") for name in ("onglet", "statut", "signe", "formulaire"))
    return queries.Wanted(
        tab=tab if tab in TABS else ALL,
        status=status if status in Status.values and status != Status.DRAFT else Status.IN_REVIEW,
        form=form if form in registry.codes() else "",
        flag=flag if flag in Mark.values else "",
        sender=asked.get("societe", "")[:80],
        least=_amount(asked.get("de", "")),
        most=_amount(asked.get("a", "")),
        before=_since(asked.get("age", ""), request.insurer.canton or "BE"),
        text=asked.get("recherche", "")[:120],
    )


def _amount(typed: str) -> Decimal | None:
    try:
        return money.parse_amount(typed[:20]) if typed.strip() else None
    except Invalid:
        return None


def _since(typed: str, canton: str) -> datetime | None:
    """The moment before which something has waited so many working days."""
    if typed not in {str(age) for age in _AGES}:
        return None
    day, left = timezone.localdate(), int(typed)
    while left:
        left -= holidays.is_working_day(day, canton)
        day -= timedelta(days=1)
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def _tabs(wanted: queries.Wanted, counts: dict[str, int]) -> list[dict[str, Any]]:
    words = {MINE: _("Les miennes"), FREE: _("Non attribuées"), ALL: _("Toutes")}
    return [{"key": key, "label": words[key], "count": counts[key], "is_here": key == wanted.tab} for key in TABS]


def status_word(status: str) -> str:
    """As the desk says it: the sender's word, but for what only the desk tells apart."""
    return _("En attente du second visa") if status == Status.AWAITING_SECOND else str(Status(status).label)


def _row(request: SpaceRequest, line: queries.Line) -> dict[str, Any]:
    """One line of the queue, flat for the template: looking through objects there costs ten times as much."""
    canton, target = request.insurer.canton or "BE", request.insurer.setting("answer_days")
    waited = holidays.working_days_between(timezone.localdate(line.changed_at), timezone.localdate(), canton)
    is_open = line.status in OPEN
    return {
        "key": str(line.pk),
        "number": line.number,
        "sender": line.sender,
        "person": line.person,
        "form": form_label(line),
        "total": line.total,
        "status": line.status,
        "is_new": line.opened_at is None,
        "days": waited,
        "target": target if is_open else None,
        "late": is_open and waited > target,
        "marks": _marks(line.flags),
        "assigned": line.assigned,
        "status_word": status_word(line.status),
    }


def _marks(flags: list[str]) -> list[str]:
    return [str(Mark(mark).label) for mark in flags if mark in Mark.values]


def _filter_fields(request: SpaceRequest, wanted: queries.Wanted) -> list[FieldView]:
    everything = Choice("", _("Tous"))
    forms = [(code, f"{code} {registry.current(code).title}") for code in registry.codes()]
    statuses = [(status, status_word(status)) for status in Status.values if status != Status.DRAFT]
    return [
        replace(_select("statut", _("Statut"), statuses, wanted.status), usual=Status.IN_REVIEW.value),
        _select("formulaire", _("Formulaire"), forms, wanted.form, everything),
        _typed(request, "recherche", _("Numéro, bénéficiaire ou n° assuré"), kind="search"),
        FieldView(name="onglet", label="", kind="hidden", value=wanted.tab if wanted.tab != ALL else ""),
    ]


def _more_filters(request: SpaceRequest, wanted: queries.Wanted) -> list[FieldView]:
    everything = Choice("", _("Tous"))
    return [
        _select("signe", _("Signe"), list(Mark.choices), wanted.flag, everything),
        _select(
            "age",
            _("Attend depuis"),
            [(str(age), _("{days} jours ouvrables").format(days=age)) for age in _AGES],
            request.GET.get("age", ""),
            everything,
        ),
        _typed(request, "de", _("Montant dès"), kind="amount"),
        _typed(request, "a", _("Montant jusqu’à"), kind="amount"),
        _typed(request, "societe", _("Société"), kind="search"),
    ]


def _select(name: str, label: str, choices: list[Any], value: str, first: Choice | None = None) -> FieldView:
    options = tuple(Choice(str(key), word) for key, word in choices)
    return FieldView(
        name=name,
        label=label,
        kind="select",
        value=value,
        required=False,
        choices=(first, *options) if first else options,
    )


def _typed(request: SpaceRequest, name: str, label: str, *, kind: str) -> FieldView:
    return FieldView(name=name, label=label, kind=kind, value=request.GET.get(name, "")[:120], required=False)


@staff(right="review")
@require_POST
def take(request: SpaceRequest, slug: str) -> HttpResponse:
    """« Prendre la suivante »: the oldest that nobody works on, once for everybody."""
    taken = desk.take_next(by=request.actor)
    if taken is None:
        messages.info(request, _("Aucune demande n'attend sans être attribuée."))
        return HttpResponseRedirect(reverse("invoices:desk_queue", args=[slug]), status=303)
    return HttpResponseRedirect(f"{reverse('invoices:review', args=[slug, taken.pk])}?suite=1", status=303)


@staff(right="review")
@require_POST
def bulk(request: SpaceRequest, slug: str) -> HttpResponse:
    """Several at once: first what would be done, to whom it may be given; then, once confirmed, row by row."""
    chosen = _chosen(request)
    act = request.POST.get("do", "")
    if not chosen or act not in {"assign", "accept"}:
        messages.info(request, _("Choisissez d'abord des demandes dans la liste."))
        return HttpResponseRedirect(reverse("invoices:desk_queue", args=[slug]), status=303)
    if request.POST.get("sure") != "1":
        return _ask(request, act, chosen)
    if act == "assign":
        return _assign(request, slug, chosen)
    versions = {invoice.pk: _number(request.POST.get(f"version:{invoice.pk}", "")) for invoice in chosen}
    outcomes = desk.accept_unflagged([(one, versions[one.pk]) for one in chosen], by=request.actor)
    done = sum(outcome.is_done for outcome in outcomes)
    return render(request, "invoices/desk/bulk_done.html", {"outcomes": outcomes, "done": done})


def _chosen(request: SpaceRequest) -> list[Invoice]:
    keys = [key for text in request.POST.getlist("facture")[: desk.MOST_AT_ONCE] if (key := _key(text))]
    rows = Invoice.objects.visible_to(request.actor).filter(pk__in=keys, insurer=request.insurer)
    found = list(rows.select_related("beneficiary", "affiliation__partner").order_by("changed_at", "id"))
    for invoice in found:
        invoice.insurer = request.insurer
    return found


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else -1


def _ask(
    request: SpaceRequest, act: str, chosen: list[Invoice], *, wrong: bool = False, status: int = HTTPStatus.OK
) -> HttpResponse:
    rows: list[dict[str, Any]] = [
        {"invoice": invoice, "form": form_label(invoice), "marks": _marks(invoice.flags)} for invoice in chosen
    ]
    if act == "accept":
        for row in rows:
            row["can"] = desk.can_be_accepted_unseen(row["invoice"])
    people = [Choice("", _("Personne (rendre à la file)"))]
    people += [Choice(str(person.pk), str(person)) for person in queries.reviewers(request.actor)]
    field = FieldView(
        name="a_qui",
        label=_("Attribuer à"),
        kind="select",
        choices=tuple(people),
        value=str(request.actor.person.pk),
        errors=(_("Choisissez une personne qui examine des factures."),) if wrong else (),
    )
    context = {"rows": rows, "act": act, "field": field, "can": sum(bool(row.get("can")) for row in rows)}
    context["back"] = "examen" if request.POST.get("retour") == "examen" else ""
    return render(request, "invoices/desk/bulk.html", context, status=status)


def _assign(request: SpaceRequest, slug: str, chosen: list[Invoice]) -> HttpResponse:
    typed = request.POST.get("a_qui", "")
    to = _key(typed)
    if typed and to is None:
        return _ask(request, "assign", chosen, wrong=True, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        count = desk.assign([invoice.pk for invoice in chosen], to=to, by=request.actor)
    except desk.NotAReviewer:
        return _ask(request, "assign", chosen, wrong=True, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, _("Attribuées : {count}.").format(count=count))
    only = chosen[0].pk if len(chosen) == 1 and request.POST.get("retour") == "examen" else None
    back = reverse("invoices:review", args=[slug, only]) if only else reverse("invoices:desk_queue", args=[slug])
    return HttpResponseRedirect(back, status=303)
