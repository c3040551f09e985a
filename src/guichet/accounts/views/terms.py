"""The terms of use: read by anybody, accepted by who came with a forwarded case and never registered here (ACC-02)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_safe

from guichet.accounts.access import before_terms, partner, public
from guichet.accounts.actions import terms as actions
from guichet.accounts.errors import ConflictError
from guichet.accounts.forms import TermsForm
from guichet.accounts.landing import landing, own_path
from guichet.accounts.terms import current_terms
from guichet.accounts.views.pages import invalid, show

if TYPE_CHECKING:
    from guichet.accounts.access import SpaceRequest


@public
@require_safe
def terms(request: SpaceRequest, slug: str) -> HttpResponse:
    """The terms of use, exactly as their hash is kept."""
    current = current_terms(request.insurer)
    return show(request, "terms", terms=current, text=mark_safe(current.text))  # noqa: S308 - our own template


@partner
@before_terms
@require_http_methods(["GET", "HEAD", "POST"])
def accept_terms(request: SpaceRequest, slug: str) -> HttpResponse:
    """Read and ticked before anything else opens; then on to where the person wanted to be."""
    wanted = own_path(request.GET.get("next", "") or request.POST.get("next", ""), request.insurer)
    if not request.actor.owes_terms:
        return HttpResponseRedirect(landing(request.actor))
    current = current_terms(request.insurer)
    text = mark_safe(current.text)  # noqa: S308 - our own template
    form = TermsForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return show(request, "accept_terms", form=form, text=text, next=wanted)
    if not form.is_valid():
        return invalid(request, "accept_terms", form, text=text, next=wanted)
    try:
        actions.accept(by=request.actor, terms=current)
    except ConflictError:  # in another tab a moment ago
        return HttpResponseRedirect(landing(request.actor))
    return HttpResponseRedirect(wanted or landing(request.actor), status=303)
