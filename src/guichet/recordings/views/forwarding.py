"""« Transmettre à un autre office » (REC-07)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guichet.accounts.access import staff
from guichet.recordings.actions import experts
from guichet.recordings.actions import forwarding as acts
from guichet.recordings.errors import Incomplete, NotPossible
from guichet.recordings.forms_custody import ForwardForm
from guichet.recordings.views.common import mandate_of
from guichet.recordings.views.player import visible
from guichet.ui.views import error_page

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from guichet.accounts.access import SpaceRequest


@staff(right="records")
@require_http_methods(["GET", "HEAD", "POST"])
def forward(request: SpaceRequest, slug: str, recording_id: UUID) -> HttpResponse:
    """To which office, and why; it goes there whole and nothing of it stays here."""
    recording = visible(request, recording_id)
    offices = {one.slug: one for one in acts.offices(request.insurer)}
    form = ForwardForm(request.POST or None, offices=list(offices.values()))
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            to = offices[form.cleaned_data["to"]]
            try:
                acts.forward(recording, to=to, reason=form.cleaned_data["reason"], by=request.actor)
            except (NotPossible, Incomplete):
                return error_page(request, HTTPStatus.CONFLICT)
            messages.success(request, _("L'enregistrement est transmis à {office}.").format(office=to.name))
            return redirect("recordings:recording", slug, recording.pk)
    context = {"recording": recording, "mandate": recording.mandate, "form": form, "errors": form.summary}
    return render(request, "recordings/archive/forward.html", context, status=status)


@staff(right="records")
@require_POST
def admit_again(request: SpaceRequest, slug: str, mandate_id: UUID) -> HttpResponse:
    """An expert whose registration was refused or closed is put before those who decide once more."""
    mandate = mandate_of(request, mandate_id)
    try:
        experts.ask_again(mandate, by=request.actor)
    except NotPossible:
        return error_page(request, HTTPStatus.CONFLICT)
    messages.success(request, _("L'inscription attend une décision, sous « Inscriptions »."))
    return redirect("recordings:desk_mandate", slug, mandate.pk)
