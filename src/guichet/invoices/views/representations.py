"""A further person to represent: asked with the act of nomination, decided at the desk (INV-16)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, BinaryIO, cast

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guichet import storage
from guichet.accounts.access import partner, staff
from guichet.accounts.models import AffiliationKind
from guichet.casework import uploads
from guichet.casework.errors import FileRefused, Overtaken, ReasonMissing
from guichet.invoices.actions import representations as acts
from guichet.invoices.models import Answer, Representation
from guichet.invoices.person_forms import RepresentationForm
from guichet.ui.forms import FieldView, error_links, from_django
from guichet.ui.views import error_page

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest
    from guichet.casework.uploads import Checked

_MOST = 100
_KINDS = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg"}


@partner
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SpaceRequest, slug: str) -> HttpResponse:
    """« Ajouter une personne représentée », with the act of nomination."""
    affiliation = request.actor.affiliation
    if affiliation is None or affiliation.kind != AffiliationKind.REPRESENTATIVE:
        raise Http404
    if request.method != "POST":
        return _form_page(request, RepresentationForm())
    form = RepresentationForm(request.POST)
    proof, refusal, status = _uploaded(request)
    if not form.is_valid() or proof is None:
        return _form_page(request, form, refusal=refusal, status=status)
    try:
        acts.ask(facts=form.cleaned_data, proof=proof, by=request.actor)
    except acts.KnownAlready:
        form.add_error("avs_number", _("Vous représentez déjà cette personne, ou l'office examine votre demande."))
        return _form_page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, _("Votre demande est transmise. L'office vous répond par e-mail."))
    return HttpResponseRedirect(reverse("invoices:my_data", args=[slug]), status=303)


def _uploaded(request: SpaceRequest) -> tuple[Checked | None, str, int]:
    file = request.FILES.get("proof")
    if file is None or file.file is None:
        return None, _("Choisissez l'acte de nomination."), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        checked = uploads.check(cast("BinaryIO", file.file), name=file.name or "", now=True)
    except FileRefused as refused:
        return None, refused.text, refused.status
    return checked, "", HTTPStatus.UNPROCESSABLE_ENTITY


def _form_page(
    request: SpaceRequest, form: RepresentationForm, *, refusal: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    proof = FieldView(
        name="proof",
        kind="file",
        label=_("Acte de nomination"),
        hint=_("Décision de l'autorité de protection, ou livret de famille. PDF, JPG ou PNG, 20 Mo au plus."),
        errors=(refusal,) if refusal else (),
    )
    fields = [*(from_django(form[name]) for name in form.fields), proof]
    return render(
        request, "invoices/persons/represent.html", {"fields": fields, "errors": error_links(fields)}, status=status
    )


@staff(right="vet")
@require_safe
def listing(request: SpaceRequest, slug: str) -> HttpResponse:
    """Requests to represent a further person, the oldest first."""
    del slug
    rows = Representation.objects.visible_to(request.actor).filter(state=Answer.WAITING)
    found = list(rows.select_related("affiliation__partner").order_by("asked_at", "id")[:_MOST])
    return render(request, "invoices/desk/representations.html", {"rows": found})


@staff(right="vet")
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: SpaceRequest, slug: str, representation_id: UUID) -> HttpResponse:
    """One of them: what was said, the proof, « Accepter » or « Refuser » with a reason."""
    asked = _find(request, representation_id)
    if request.method != "POST":
        return _decide_page(request, asked)
    wish = request.POST.get("do", "")
    if wish not in {"accept", "refuse"}:
        return _decide_page(request, asked, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        acts.decide(asked, accepted=wish == "accept", reason=request.POST.get("reason", ""), by=request.actor)
    except ReasonMissing:
        words = _("Dites pourquoi : la personne le lit.")
        return _decide_page(request, asked, refusal=words, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except Overtaken:
        return error_page(request, HTTPStatus.CONFLICT)
    return HttpResponseRedirect(reverse("invoices:representations", args=[slug]), status=303)


def _decide_page(
    request: SpaceRequest, asked: Representation, *, refusal: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    field = FieldView(
        name="reason",
        label=_("Motif d'un refus"),
        kind="textarea",
        required=False,
        value=request.POST.get("reason", "")[:500],
        errors=(refusal,) if refusal else (),
    )
    context = {"asked": asked, "field": field, "errors": error_links([field])}
    return render(request, "invoices/desk/representation.html", context, status=status)


@staff(right="vet")
@require_safe
def proof(request: SpaceRequest, slug: str, representation_id: UUID) -> HttpResponse:
    """The act of nomination; who fetched it is recorded."""
    del slug
    asked = _find(request, representation_id)
    with transaction.atomic():
        acts.record(asked, "proof_read", by=request.actor)
    kind = _KINDS.get(asked.proof_name.rpartition(".")[2].lower(), "application/octet-stream")
    response = HttpResponse(storage.read(asked.proof), content_type=kind)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=asked.proof_name) or ""
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _find(request: SpaceRequest, representation_id: UUID) -> Representation:
    rows = Representation.objects.visible_to(request.actor)
    found: Representation | None = (
        rows.select_related("affiliation__partner", "proof").filter(pk=representation_id).first()
    )
    if found is None:
        raise Http404
    return found
