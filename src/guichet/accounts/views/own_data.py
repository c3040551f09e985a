"""« Modifier mes données » of a person alone (ACC-08)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guichet.accounts import queries
from guichet.accounts.access import partner
from guichet.accounts.actions import own_data as actions
from guichet.accounts.actions import stepup
from guichet.accounts.actions.bank import StepUpNeededError
from guichet.accounts.forms import OwnDataForm
from guichet.accounts.views.pages import found, invalid, show
from guichet.kernel.bank import format_iban

if TYPE_CHECKING:
    from guichet.accounts.access import SpaceRequest
    from guichet.accounts.models import Identity


@partner
@require_http_methods(["GET", "HEAD", "POST"])
def own_data(request: SpaceRequest, slug: str) -> HttpResponse:
    """Name, address, IBAN, after both factors once more; for companies the page does not exist."""
    if not actions.is_alone(request.actor):
        raise Http404
    if not stepup.is_fresh(request.login):
        return _to_step_up(request)
    identity = queries.identity_of(request.actor)
    if request.method != "POST":
        return show(request, "own_data", form=OwnDataForm(initial=_known(request, identity), with_iban=bool(identity)))
    form = OwnDataForm(request.POST, with_iban=bool(identity))
    if not form.is_valid():
        return invalid(request, "own_data", form)
    try:
        actions.change(by=request.actor, session=request.login, data=actions.OwnData(**form.cleaned_data))
    except StepUpNeededError:
        return _to_step_up(request)
    messages.success(request, _("Vos données sont enregistrées."))
    return redirect("accounts:me", slug)


def _known(request: SpaceRequest, identity: Identity | None) -> dict[str, str]:
    partner = found(request.actor.affiliation).partner
    person = request.actor.person
    return {
        "last_name": person.last_name,
        "first_name": person.first_name,
        "iban": format_iban(identity.iban) if identity else "",
    } | {name: getattr(partner, name) for name in ("street", "house_no", "postcode", "town")}


def _to_step_up(request: SpaceRequest) -> HttpResponse:
    address = reverse("accounts:step_up", args=[request.insurer.slug])
    return HttpResponseRedirect(f"{address}?{urlencode({'next': request.path})}")
