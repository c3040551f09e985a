"""Whether the insured person gets a mail a day with what became of her recordings (REC-22)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guichet.accounts.access import partner
from guichet.recordings.actions import news
from guichet.recordings.queries.insured import avs_of

if TYPE_CHECKING:
    from guichet.accounts.access import SpaceRequest


@partner
@require_POST
def choose(request: SpaceRequest, slug: str) -> HttpResponse:
    """Switch the daily mail of « Mes enregistrements » on or off."""
    if not avs_of(request.actor):
        raise PermissionDenied
    news.choose(wanted=request.POST.get("wanted") == "1", by=request.actor)
    messages.success(request, _("Votre choix est enregistré."))
    return HttpResponseRedirect(reverse("recordings:my_recordings", args=[slug]), status=303)
