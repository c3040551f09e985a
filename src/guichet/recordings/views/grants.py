"""Temporary accesses, the office's side: given, renewed, revoked (REC-13)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet import audit, storage
from guichet.accounts.access import staff
from guichet.casework import uploads
from guichet.casework.errors import FileRefused, Overtaken
from guichet.kernel.phone import format_phone
from guichet.recordings import queries, rules
from guichet.recordings.actions import grants as acts
from guichet.recordings.actions.listening_errors import NotListenable, UnknownGround
from guichet.recordings.forms_listening import GrantForm, RenewForm
from guichet.recordings.grounds import GROUNDS
from guichet.recordings.models import GrantKind, ListeningGrant, Recording
from guichet.recordings.queries.listening import state_of
from guichet.recordings.views import sures
from guichet.recordings.views.player import visible
from guichet.tenancy.rows import one_or_none
from guichet.ui import sure
from guichet.ui.views import error_page

if TYPE_CHECKING:
    from typing import BinaryIO
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest


@staff(right="records")
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: SpaceRequest, slug: str, recording_id: UUID) -> HttpResponse:
    """The form, filled with what is known of the insured person."""
    recording = visible(request, recording_id)
    if request.method != "POST":
        return _form_page(request, recording, GrantForm(initial=_known(recording), grounds=list(GROUNDS.values())))
    grounds, insured = list(GROUNDS.values()), _known(recording)["name"]
    form = GrantForm(request.POST, request.FILES, grounds=grounds, insured=insured)
    if not form.is_valid():
        return _form_page(request, recording, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    typed = dict(form.cleaned_data)
    file = typed.pop("document", None)
    try:
        document = uploads.check(cast("BinaryIO", file.file), name=file.name or "", now=True) if file else None
        grant = acts.give(recording, wanted=acts.Wanted(**typed), document=document, by=request.actor)
    except FileRefused as refused:
        form.refuse({"document": refused.text})
        return _form_page(request, recording, form, status=refused.status)
    except (Overtaken, NotListenable, UnknownGround):
        return _form_page(request, recording, form, closed=True, status=HTTPStatus.CONFLICT)
    if grant.kind == GrantKind.COMMISSION:
        messages.success(request, _("L'enregistrement est ouvert à la commission pour 30 jours."))
    else:
        way = _("par e-mail") if grant.email else _("par SMS")
        messages.success(request, _("L'accès est ouvert pour 30 jours. Le lien est parti {way}.").format(way=way))
    return redirect("recordings:grant", slug, grant.pk)


def _known(recording: Recording) -> dict[str, str]:
    mandate = recording.mandate
    return {
        "kind": GrantKind.INSURED,
        "name": f"{mandate.first_name} {mandate.last_name}",
        "mobile": format_phone(mandate.mobile) if mandate.mobile else "",
        "email": mandate.email,
        "language": mandate.language if mandate.language in {"fr", "de"} else "fr",
        "case_reference": mandate.number,
    }


def _form_page(
    request: SpaceRequest, recording: Recording, form: GrantForm, *, closed: bool = False, status: int = HTTPStatus.OK
) -> HttpResponse:
    context = {
        "recording": recording,
        "mandate": recording.mandate,
        "form": form,
        "errors": form.summary,
        "closed": closed or recording.status not in rules.LISTENABLE,
    }
    return render(request, "recordings/archive/grant_form.html", context, status=status)


@staff(right="records")
@require_safe
def grant(request: SpaceRequest, slug: str, grant_id: UUID) -> HttpResponse:
    """One access: to whom, until when, what was heard on it."""
    del slug
    return _page(request, _of(request, grant_id))


def _page(
    request: SpaceRequest, found: ListeningGrant, *, form: RenewForm | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    role = "commission" if found.kind == GrantKind.COMMISSION else "listener"
    form = form or RenewForm(initial={"case_reference": found.case_reference}, grounds=rules.grounds_for(role))
    row = next((one for one in queries.grants(request.actor, found.recording) if one.grant.pk == found.pk), None)
    context: dict[str, Any] = {
        "grant": found,
        "recording": found.recording,
        "mandate": found.recording.mandate,
        "ground": GROUNDS[found.ground],
        "state": state_of(found),
        "days_left": row.days_left if row else 0,
        "heard": queries.listenings_on(found),
        "sure": sures.revoke(found),
        "form": form,
        "errors": form.summary,
    }
    return render(request, "recordings/archive/grant.html", context, status=status)


@staff(right="records")
@require_POST
def renew(request: SpaceRequest, slug: str, grant_id: UUID) -> HttpResponse:
    """Thirty days more, with a ground."""
    found = _of(request, grant_id)
    role = "commission" if found.kind == GrantKind.COMMISSION else "listener"
    form = RenewForm(request.POST, grounds=rules.grounds_for(role))
    if not form.is_valid():
        return _page(request, found, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        renewed = acts.renew(found, by=request.actor, **form.cleaned_data)
    except (Overtaken, NotListenable):
        return error_page(request, HTTPStatus.CONFLICT)
    messages.success(request, _("L'accès est renouvelé pour 30 jours, avec un nouveau lien."))
    return redirect("recordings:grant", slug, renewed.pk)


@staff(right="records")
@require_POST
def revoke(request: SpaceRequest, slug: str, grant_id: UUID) -> HttpResponse:
    """The access ends at once, also in the middle of a word."""
    found = _of(request, grant_id)
    if not sure.answered(request):
        back = reverse("recordings:grant", args=[slug, found.pk])
        return sure.ask(request, sures.revoke(found), back=back)
    try:
        acts.revoke(found, by=request.actor)
    except Overtaken:
        return error_page(request, HTTPStatus.CONFLICT)
    messages.success(request, _("L'accès est révoqué. Une écoute en cours s'arrête."))
    return HttpResponseRedirect(reverse("recordings:recording", args=[slug, found.recording_id]), status=303)


@staff(right="records")
@require_POST
def send_link(request: SpaceRequest, slug: str, grant_id: UUID) -> HttpResponse:
    """A new link; the one before is worth nothing any more."""
    found = _of(request, grant_id)
    try:
        acts.send_link_again(found, by=request.actor)
    except Overtaken:
        return error_page(request, HTTPStatus.CONFLICT)
    messages.success(request, _("Un nouveau lien est parti. L'ancien ne fonctionne plus."))
    return redirect("recordings:grant", slug, found.pk)


@staff(right="records")
@require_safe
def document(request: SpaceRequest, slug: str, grant_id: UUID) -> HttpResponse:
    """The authorisation on file; looking at it is recorded."""
    del slug
    found = _of(request, grant_id)
    if found.document is None:
        raise Http404
    with transaction.atomic():
        audit.record(
            "grant.document_read",
            insurer_id=found.insurer_id,
            by=request.actor.who,
            on="recording",
            object_id=str(found.recording_id),
            subject=found.recording.mandate.avs_number,
        )
    response = HttpResponse(storage.read(found.document), content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=found.document_name) or ""
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _of(request: SpaceRequest, grant_id: UUID) -> ListeningGrant:
    found = one_or_none(
        ListeningGrant.objects.visible_to(request.actor)
        .filter(pk=grant_id)
        .select_related("recording__mandate", "recording__copy", "document", "granted_by", "revoked_by")
    )
    if found is None:
        raise Http404
    found.insurer = request.insurer
    return found
