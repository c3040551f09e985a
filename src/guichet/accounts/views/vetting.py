"""The insurer's side of registrations (ACC-03, INV-20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guichet.accounts import queries
from guichet.accounts.access import staff
from guichet.accounts.actions import vetting as actions
from guichet.accounts.errors import ConflictError, InvalidFieldsError
from guichet.accounts.forms import RefusalForm
from guichet.accounts.views.pages import conflict, found, invalid, show
from guichet.kernel.identifiers import gln_findings, zsr_findings

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from guichet.accounts.access import SpaceRequest
    from guichet.accounts.models import Affiliation


@staff(right="vet")
@require_safe
def vetting(request: SpaceRequest, slug: str) -> HttpResponse:
    """What waits, and what was decided lately."""
    return show(
        request,
        "vetting",
        waiting=queries.requests_waiting(request.actor),
        decided=queries.requests_decided(request.actor),
    )


@staff(right="vet")
@require_safe
def vetting_one(request: SpaceRequest, slug: str, affiliation_id: UUID) -> HttpResponse:
    """One registration with its checks."""
    affiliation = found(queries.request(request.actor, affiliation_id))
    return show(request, "vetting_one", form=RefusalForm(), **_facts(request, affiliation))


@staff(right="vet")
@require_POST
def vetting_accept(request: SpaceRequest, slug: str, affiliation_id: UUID) -> HttpResponse:
    """« Accepter »."""
    affiliation = found(queries.request(request.actor, affiliation_id))
    try:
        actions.accept(by=request.actor, affiliation=affiliation)
    except ConflictError as error:
        return conflict(request, error, reverse("accounts:vetting", args=[slug]))
    messages.success(request, _("L'inscription de %(name)s est acceptée.") % {"name": affiliation.partner.name})
    return redirect("accounts:vetting", slug)


@staff(right="vet")
@require_POST
def vetting_refuse(request: SpaceRequest, slug: str, affiliation_id: UUID) -> HttpResponse:
    """« Refuser », with a reason."""
    affiliation = found(queries.request(request.actor, affiliation_id))
    form = RefusalForm(request.POST)
    if not form.is_valid():
        return invalid(request, "vetting_one", form, **_facts(request, affiliation))
    try:
        actions.refuse(by=request.actor, affiliation=affiliation, reason=form.cleaned_data["reason"])
    except InvalidFieldsError as error:
        form.refuse(error.errors)
        return invalid(request, "vetting_one", form, **_facts(request, affiliation))
    except ConflictError as error:
        return conflict(request, error, reverse("accounts:vetting", args=[slug]))
    messages.success(request, _("L'inscription de %(name)s est refusée.") % {"name": affiliation.partner.name})
    return redirect("accounts:vetting", slug)


def _facts(request: SpaceRequest, affiliation: Affiliation) -> dict[str, Any]:
    contact = queries.responsible(affiliation)
    partner = affiliation.partner
    identity = queries.identity(affiliation)
    return {
        "identity": identity,
        "same_avs": identity is not None and queries.others_for(identity),
        "affiliation": affiliation,
        "partner": partner,
        "contact": contact,
        "resemblances": queries.resemblances(request.actor, affiliation, contact),
        "unregistered": getattr(affiliation, "registration", None) is None,  # a forwarded dossier asked for it
        "gln_foreign": bool(gln_findings(partner.gln)),
        "zsr_odd": bool(partner.zsr and zsr_findings(partner.zsr)),
    }
