"""« Mes mandats »: what is expected of an expert, and the way to a deposit (REC-01, REC-05)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guichet.accounts.access import partner
from guichet.accounts.models import AffiliationKind
from guichet.kernel.dates import format_date
from guichet.recordings.actions import deposits
from guichet.recordings.actions import mandates as acts
from guichet.recordings.errors import Destroyed, NotPossible, NumberTaken, WaiverInForce
from guichet.recordings.forms_mandates import BeginForm, MandateForm
from guichet.recordings.models import Mandate, Recording, Waiver
from guichet.recordings.queries import mandates as queries
from guichet.recordings.states import HELD_BY_EXPERT, Status
from guichet.recordings.views.common import expert_only, mandate_of, state_of
from guichet.ui.forms import FieldView, form_errors, form_views
from guichet.ui.views import error_page

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest


@partner
@require_safe
def listing(request: SpaceRequest, slug: str) -> HttpResponse:
    """Every mandate of this expert or centre, with waiver, dates and the state of its deposit."""
    del slug
    expert_only(request)
    text = request.GET.get("recherche", "")[:120]
    page = queries.mandates(
        request.actor, text=text, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    context = {
        "rows": [{"mandate": one, "state": state_of(one), "open": _open(one)} for one in page.rows],
        "page": page,
        "filtered": bool(text),
        "filter_fields": [
            FieldView(
                name="recherche", label=_("Référence, nom ou n° assuré"), kind="search", value=text, required=False
            )
        ],
        "is_centre": is_centre(request),
    }
    return render(request, "recordings/expert/mandates.html", context)


def _open(mandate: Mandate) -> Recording | None:
    """The deposit somebody is at, which the list leads to."""
    found = [one for one in mandate.latest if one.status in HELD_BY_EXPERT]  # type: ignore[attr-defined]
    return found[0] if found else None


def is_centre(request: SpaceRequest) -> bool:
    """Centres have no recorder (REC-01)."""
    return request.actor.affiliation is not None and request.actor.affiliation.kind == AffiliationKind.CENTRE


@partner
@require_http_methods(["GET", "HEAD", "POST"])
def open_one(request: SpaceRequest, slug: str) -> HttpResponse:
    """A mandate the office has not announced; it confirms it on receipt (REC-05)."""
    expert_only(request)
    form = MandateForm(request.POST or None)
    status = HTTPStatus.OK
    if request.method == "POST":
        if form.is_valid():
            try:
                mandate = acts.open_mandate(facts=form.facts(), by=request.actor)
            except NumberTaken:
                form.add_error(
                    "number", _("Un mandat porte déjà cette référence. Demandez à l'office de vous l'annoncer.")
                )
            else:
                messages.success(request, _("Mandat {number} ouvert.").format(number=mandate.number))
                return HttpResponseRedirect(reverse("recordings:mandate", args=[slug, mandate.pk]), status=303)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {"fields": form_views(form), "errors": form_errors(form)}
    return render(request, "recordings/expert/mandate_open.html", context, status=status)


@partner
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: SpaceRequest, slug: str, mandate_id: UUID) -> HttpResponse:
    """A mandate, its recordings, and the beginning of a new deposit."""
    mandate = mandate_of(request, mandate_id)
    form = BeginForm(request.POST or None, initial={"interview_on": _likely_day(mandate)})
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                recording = deposits.begin(mandate, interview_on=form.cleaned_data["interview_on"], by=request.actor)
            except (WaiverInForce, NotPossible):
                return error_page(request, HTTPStatus.CONFLICT)
            except Destroyed:
                form.add_error(
                    "interview_on", _("La destruction de cet entretien a été demandée : effacez ce que vous en avez.")
                )
                status = HTTPStatus.CONFLICT
            else:
                return HttpResponseRedirect(reverse("recordings:deposit", args=[slug, recording.pk]), status=303)
    rows = Recording.objects.visible_to(request.actor).filter(mandate=mandate).select_related("original")
    rows = rows.order_by("-started_at", "-id")
    context = {
        "mandate": mandate,
        "waiver": Waiver.objects.filter(mandate=mandate, revoked_on=None).first(),
        "recordings": [{"recording": row, "word": Status(row.status).label} for row in rows[:50]],
        "requests": queries.open_requests(mandate),
        "moved": queries.moved(mandate),
        "fields": form_views(form),
        "errors": form_errors(form),
        "is_centre": is_centre(request),
        "held": HELD_BY_EXPERT,
    }
    return render(request, "recordings/expert/mandate.html", context, status=status)


def _likely_day(mandate: Mandate) -> str:
    """The last planned interview that has taken place."""
    past = [day for day in mandate.interview_dates if day <= timezone.localdate()]
    return format_date(max(past)) if past else ""
