"""A recording for a court: asked, approved by a second person, fetched for the medium, handed over (REC-14)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet import storage
from guichet.accounts.access import staff
from guichet.recordings.actions import court as acts
from guichet.recordings.actions.listening_errors import NotYours, UnknownGround
from guichet.recordings.court_papers import ground_words
from guichet.recordings.errors import Incomplete, NotPossible
from guichet.recordings.forms_custody import CourtForm, ReceiptForm, RefusalForm
from guichet.recordings.models import CourtPackage, CourtState
from guichet.recordings.queries.courts import packages
from guichet.recordings.views.player import visible
from guichet.tenancy.rows import one_or_none
from guichet.ui.views import error_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest
    from guichet.storage.models import StoredObject
    from guichet.ui.forms import ErrorLink

_PIECE: Final = 256 * 1024


@staff(right="court")
@require_safe
def listing(request: SpaceRequest, slug: str) -> HttpResponse:
    """Every package of the office, the latest first."""
    del slug
    page = packages(request.actor, after=request.GET.get("after", ""))
    return render(request, "recordings/court/list.html", {"rows": page.rows, "page": page})


@staff(right="court")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SpaceRequest, slug: str, recording_id: UUID) -> HttpResponse:
    """The first person says for which court."""
    recording = visible(request, recording_id)
    form = CourtForm(request.POST or None)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                package = acts.ask(recording, wanted=acts.Wanted(**form.cleaned_data), by=request.actor)
            except (NotPossible, UnknownGround, Incomplete):
                return error_page(request, HTTPStatus.CONFLICT)
            messages.success(request, _("La remise est demandée. Une deuxième personne doit l'approuver."))
            return redirect("recordings:court_package", slug, package.pk)
    context = {"recording": recording, "mandate": recording.mandate, "form": form, "errors": form.summary}
    return render(request, "recordings/court/ask.html", context, status=status)


def _package(request: SpaceRequest, package_id: UUID) -> CourtPackage:
    rows = CourtPackage.objects.visible_to(request.actor).filter(pk=package_id)
    related = ("recording__mandate", "recording__affiliation__partner", "asked_by", "decided_by", "handed_by", "image")
    found = one_or_none(rows.select_related(*related))
    if found is None:
        raise Http404
    found.insurer = request.insurer
    return found


@staff(right="court")
@require_safe
def package(request: SpaceRequest, slug: str, package_id: UUID) -> HttpResponse:
    """Where a package stands, and what this person may do about it."""
    del slug
    return _page(request, _package(request, package_id))


def _page(
    request: SpaceRequest,
    found: CourtPackage,
    *,
    passphrase: str = "",
    errors: list[ErrorLink] | None = None,
    forms: tuple[RefusalForm, ReceiptForm] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    me = request.actor.person.pk
    refusal, receipt = forms or (RefusalForm(), ReceiptForm())
    over = found.expires_at is None or found.expires_at <= timezone.now()
    made = found.state in {CourtState.READY, CourtState.HANDED} and found.image is not None
    context = {
        "package": found,
        "recording": found.recording,
        "mandate": found.recording.mandate,
        "ground": ground_words(found),
        "passphrase": passphrase,
        "mine": found.asked_by_id == me,
        "to_decide": found.state == CourtState.ASKED and found.asked_by_id != me,
        "to_fetch": made and not over and me in {found.asked_by_id, found.decided_by_id},
        "to_hand": found.made_at is not None and found.handed_at is None,
        "refusal": refusal,
        "receipt": receipt,
        "errors": errors or [],
    }
    response = render(request, "recordings/court/package.html", context, status=status)
    if passphrase:
        response["Cache-Control"] = "no-store"
    return response


@staff(right="court")
@require_POST
def approve(request: SpaceRequest, slug: str, package_id: UUID) -> HttpResponse:
    """The second person says yes and reads the passphrase, once: it stands on this answer alone."""
    del slug
    found = _package(request, package_id)
    try:
        passphrase = acts.approve(found, by=request.actor)
    except (NotPossible, NotYours):
        return error_page(request, HTTPStatus.CONFLICT)
    return _page(request, _package(request, package_id), passphrase=passphrase)


@staff(right="court")
@require_POST
def refuse(request: SpaceRequest, slug: str, package_id: UUID) -> HttpResponse:
    """The second person says no."""
    found, form = _package(request, package_id), RefusalForm(request.POST)
    if not form.is_valid():
        forms = (form, ReceiptForm())
        return _page(request, found, errors=form.summary, forms=forms, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        acts.refuse(found, reason=form.cleaned_data["reason"], by=request.actor)
    except (NotPossible, NotYours):
        return error_page(request, HTTPStatus.CONFLICT)
    return _back(slug, found)


@staff(right="court")
@require_POST
def hand(request: SpaceRequest, slug: str, package_id: UUID) -> HttpResponse:
    """The receipt of the medium."""
    found, form = _package(request, package_id), ReceiptForm(request.POST)
    forms = (RefusalForm(), form)
    if not form.is_valid():
        return _page(request, found, errors=form.summary, forms=forms, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        acts.hand(found, by=request.actor, **form.cleaned_data)
    except Incomplete:
        form.refuse({"handed_on": _("Ce jour est avant la préparation du paquet, ou dans l'avenir.")})
        return _page(request, found, errors=form.summary, forms=forms, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except NotPossible:
        return error_page(request, HTTPStatus.CONFLICT)
    messages.success(request, _("La remise est inscrite."))
    return _back(slug, found)


@staff(right="court")
@require_safe
def image(request: SpaceRequest, slug: str, package_id: UUID) -> HttpResponse | StreamingHttpResponse:
    """The image for the medium, for 24 hours; each fetching is recorded."""
    del slug
    found = _package(request, package_id)
    try:
        obj = acts.fetch(found, by=request.actor)
    except NotYours:
        raise Http404 from None
    except NotPossible:
        return error_page(request, HTTPStatus.GONE)
    response = StreamingHttpResponse(_pieces(obj), content_type="application/octet-stream")
    name = f"tribunal-{found.recording.mandate.number}.iso"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response["Content-Length"] = str(obj.size)
    response["Cache-Control"] = "no-store"
    return response


def _pieces(obj: StoredObject) -> Iterator[bytes]:
    with storage.open_object(obj) as file:
        while piece := file.read(_PIECE):
            yield piece


def _back(slug: str, found: CourtPackage) -> HttpResponse:
    return HttpResponseRedirect(reverse("recordings:court_package", args=[slug, found.pk]), status=303)
