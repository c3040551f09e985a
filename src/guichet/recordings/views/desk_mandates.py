"""The office's mandates: announced, imported, confirmed; waivers and their revocation (REC-05, REC-15)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet import audit, storage
from guichet.accounts.access import staff
from guichet.casework import uploads
from guichet.casework.errors import FileRefused
from guichet.recordings.actions import mandates as acts
from guichet.recordings.actions import receiving
from guichet.recordings.errors import Incomplete, NotPossible, NumberTaken, TooLate
from guichet.recordings.forms_mandates import AnnounceForm, ConfirmForm, RedepositForm, RevocationForm, WaiverForm
from guichet.recordings.models import Recording, Waiver
from guichet.recordings.queries import mandates as queries
from guichet.recordings.queries.custody import destructions
from guichet.recordings.states import HELD_BY_EXPERT, Status
from guichet.recordings.views.common import mandate_of, state_of
from guichet.ui.forms import Choice, FieldView, error_links, form_errors, form_views
from guichet.ui.views import error_page

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest
    from guichet.casework.uploads import Checked
    from guichet.recordings.models import Mandate


@staff(right="records")
@require_safe
def listing(request: SpaceRequest, slug: str) -> HttpResponse:
    """All mandates of the office, the latest first."""
    del slug
    text, waiting = request.GET.get("recherche", "")[:120], request.GET.get("etat", "") == "a-confirmer"
    page = queries.mandates(
        request.actor,
        text=text,
        unconfirmed=waiting,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "rows": [{"mandate": one, "state": state_of(one)} for one in page.rows],
        "page": page,
        "waiting": queries.unconfirmed_count(request.actor),
        "filtered": bool(text) or waiting,
        "filter_fields": [
            FieldView(
                name="recherche", label=_("Référence, nom ou n° assuré"), kind="search", value=text, required=False
            ),
            FieldView(
                name="etat",
                label=_("Confirmation"),
                kind="select",
                value="a-confirmer" if waiting else "",
                required=False,
                choices=(Choice("", _("Tous")), Choice("a-confirmer", _("À confirmer"))),
            ),
        ],
    }
    return render(request, "recordings/desk/mandates.html", context)


@staff(right="records")
@require_http_methods(["GET", "HEAD", "POST"])
def announce(request: SpaceRequest, slug: str) -> HttpResponse:
    """One mandate by hand; the expert gets a mail."""
    form = AnnounceForm(request.POST or None, experts=queries.experts(request.actor))
    status = HTTPStatus.OK
    if request.method == "POST":
        if form.is_valid():
            to = form.experts[form.cleaned_data["affiliation"]]
            try:
                mandate = acts.announce(affiliation=to, facts=form.facts(), by=request.actor)
            except NumberTaken:
                form.add_error("number", _("Un mandat de l'office porte déjà cette référence."))
            else:
                text = _("Mandat {number} annoncé à {name}.").format(number=mandate.number, name=to.partner)
                messages.success(request, text)
                return HttpResponseRedirect(reverse("recordings:desk_mandate", args=[slug, mandate.pk]), status=303)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {"fields": form_views(form), "errors": form_errors(form)}
    return render(request, "recordings/desk/announce.html", context, status=status)


@staff(right="records")
@require_safe
def one(request: SpaceRequest, slug: str, mandate_id: UUID) -> HttpResponse:
    """The mandate with what was sent for it, its waivers, and what the office may do. Reading it is recorded."""
    del slug
    mandate = mandate_of(request, mandate_id)
    _note_reading(request, mandate)
    return _page(request, mandate)


def _page(
    request: SpaceRequest,
    mandate: Mandate,
    *,
    confirm: ConfirmForm | None = None,
    revoke: RevocationForm | None = None,
    file_error: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    waivers = list(Waiver.objects.filter(mandate=mandate).order_by("-entered_at").select_related("entered_by"))
    confirm, revoke = confirm or ConfirmForm(), revoke or RevocationForm()
    revoke_views = [*form_views(revoke), _file_view(file_error)]
    rows = (
        Recording.objects.filter(mandate=mandate).select_related("arrival__origin").order_by("-started_at", "-id")[:50]
    )
    context: dict[str, Any] = {
        "mandate": mandate,
        "came_from": next((row.arrival.origin for row in rows if hasattr(row, "arrival")), None),
        "waivers": waivers,
        "in_force": next((waiver for waiver in waivers if waiver.revoked_on is None), None),
        "recordings": [
            {"recording": row, "word": Status(row.status).label, "opens": row.status not in HELD_BY_EXPERT}
            for row in rows
        ],
        "destructions": destructions(mandate),
        "confirm_fields": form_views(confirm),
        "revoke_fields": revoke_views,
        "errors": form_errors(confirm) + error_links(revoke_views),
        "may_vet": request.actor.has("vet"),
    }
    return render(request, "recordings/desk/mandate.html", context, status=status)


def _note_reading(request: SpaceRequest, mandate: Mandate) -> None:
    with transaction.atomic():
        audit.record(
            "mandate.read",
            insurer_id=mandate.insurer_id,
            by=request.actor.who,
            on="mandate",
            object_id=str(mandate.pk),
            subject=mandate.avs_number,
            recipient=str(request.actor.person.pk),
        )


@staff(right="records")
@require_POST
def confirm(request: SpaceRequest, slug: str, mandate_id: UUID) -> HttpResponse:
    """Take a mandate the expert opened for the office's own."""
    mandate = mandate_of(request, mandate_id)
    form = ConfirmForm(request.POST)
    if form.is_valid():
        try:
            acts.confirm(mandate, number=form.cleaned_data["number"], by=request.actor)
        except NotPossible:
            return error_page(request, HTTPStatus.CONFLICT)
        except NumberTaken:
            form.add_error("number", _("Un mandat de l'office porte déjà cette référence."))
        else:
            messages.success(request, _("Mandat confirmé."))
            return HttpResponseRedirect(reverse("recordings:desk_mandate", args=[slug, mandate.pk]), status=303)
    return _page(request, mandate, confirm=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@staff(right="records")
@require_http_methods(["GET", "HEAD", "POST"])
def waive(request: SpaceRequest, slug: str, mandate_id: UUID) -> HttpResponse:
    """Enter a written waiver, with the signed document (OPGA 7k al. 3 let. a)."""
    mandate = mandate_of(request, mandate_id)
    form = WaiverForm(request.POST or None)
    file_error = ""
    if request.method == "POST":
        document, file_error = _document(request)
        if form.is_valid() and document is not None:
            try:
                acts.enter_waiver(
                    mandate, declared_on=form.cleaned_data["declared_on"], document=document, by=request.actor
                )
            except NotPossible:
                return error_page(request, HTTPStatus.CONFLICT)
            except TooLate:
                form.add_error(
                    "declared_on",
                    _(
                        "L'entretien avait déjà eu lieu ce jour-là. La personne peut demander la destruction dans les "
                        "dix jours (art. 7k al. 3 let. b OPGA)."
                    ),
                )
            else:
                messages.success(request, _("La renonciation est inscrite ; l'expert·e en est averti·e."))
                return HttpResponseRedirect(reverse("recordings:desk_mandate", args=[slug, mandate.pk]), status=303)
    views = [*form_views(form), _file_view(file_error)]
    context = {"mandate": mandate, "fields": views, "errors": error_links(views)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return render(request, "recordings/desk/waiver.html", context, status=status)


def _document(request: SpaceRequest) -> tuple[Checked | None, str]:
    file = request.FILES.get("document")
    if file is None or file.file is None:
        return None, _("Joignez la déclaration signée.")
    try:
        return uploads.check(cast("BinaryIO", file.file), name=file.name or "", now=True), ""
    except FileRefused as refused:
        return None, refused.text


def _file_view(error: str) -> FieldView:
    return FieldView(
        name="document",
        kind="file",
        label=_("Déclaration signée"),
        hint=_("PDF, JPG ou PNG, 20 Mo au plus."),
        errors=(error,) if error else (),
    )


@staff(right="records")
@require_POST
def revoke(request: SpaceRequest, slug: str, mandate_id: UUID, waiver_id: UUID) -> HttpResponse:
    """The person wants the recording after all; only before the interview (OPGA 7k al. 4)."""
    mandate = mandate_of(request, mandate_id)
    waiver = _waiver(mandate, waiver_id)
    form = RevocationForm(request.POST)
    document, file_error = _document(request)
    if form.is_valid() and document is not None:
        try:
            acts.revoke_waiver(waiver, revoked_on=form.cleaned_data["revoked_on"], document=document, by=request.actor)
        except NotPossible:
            return error_page(request, HTTPStatus.CONFLICT)
        except TooLate:
            form.add_error("revoked_on", _("Une renonciation ne se révoque qu'avant l'entretien (art. 7k al. 4 OPGA)."))
        else:
            messages.success(request, _("La renonciation est révoquée ; l'expert·e en est averti·e."))
            return HttpResponseRedirect(reverse("recordings:desk_mandate", args=[slug, mandate.pk]), status=303)
    return _page(request, mandate, revoke=form, file_error=file_error, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _waiver(mandate: Mandate, waiver_id: UUID) -> Waiver:
    found = Waiver.objects.filter(pk=waiver_id, mandate=mandate).select_related("document", "revocation").first()
    if found is None:
        raise Http404
    return found


@staff(right="records")
@require_safe
def waiver_document(request: SpaceRequest, slug: str, mandate_id: UUID, waiver_id: UUID) -> HttpResponse:
    """The signed declaration, or with `?piece=revocation` that of the revocation, as a download; recorded."""
    del slug
    mandate = mandate_of(request, mandate_id)
    waiver = _waiver(mandate, waiver_id)
    revocation = request.GET.get("piece") == "revocation"
    paper, day = (waiver.revocation, waiver.revoked_on) if revocation else (waiver.document, waiver.declared_on)
    if paper is None or day is None:
        raise Http404
    with transaction.atomic():
        audit.record(
            "mandate.waiver_read",
            insurer_id=mandate.insurer_id,
            by=request.actor.who,
            on="mandate",
            object_id=str(mandate.pk),
            subject=mandate.avs_number,
            recipient=str(request.actor.person.pk),
        )
    response = HttpResponse(storage.read(paper), content_type="application/octet-stream")
    name = f"{'revocation' if revocation else 'renonciation'}-{day.isoformat()}"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@staff(right="records")
@require_http_methods(["GET", "HEAD", "POST"])
def redeposit(request: SpaceRequest, slug: str, recording_id: UUID) -> HttpResponse:
    """« Demander un nouveau dépôt », with the reason (REC-08)."""
    visible = Recording.objects.visible_to(request.actor).filter(pk=recording_id)
    recording = visible.select_related("mandate__affiliation__partner", "affiliation").first()
    if recording is None:
        raise Http404
    form = RedepositForm(request.POST or None)
    status = HTTPStatus.OK
    if request.method == "POST":
        if form.is_valid():
            try:
                receiving.ask_redeposit(recording, reason=form.cleaned_data["reason"], by=request.actor)
            except (NotPossible, Incomplete):
                return error_page(request, HTTPStatus.CONFLICT)
            messages.success(request, _("Le nouveau dépôt est demandé ; l'expert·e en est averti·e par e-mail."))
            return HttpResponseRedirect(
                reverse("recordings:desk_mandate", args=[slug, recording.mandate_id]), status=303
            )
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {
        "recording": recording,
        "mandate": recording.mandate,
        "fields": form_views(form),
        "errors": form_errors(form),
        "may_vet": request.actor.has("vet"),
    }
    return render(request, "recordings/desk/redeposit.html", context, status=status)
