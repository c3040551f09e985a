"""« Mot de passe oublié ? » (ACC-06) and the link that confirms a new address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guichet.accounts.access import public
from guichet.accounts.actions import data
from guichet.accounts.actions import reset as actions
from guichet.accounts.errors import DeadLinkError, InvalidFieldsError, ThrottledError, UnknownLinkError
from guichet.accounts.forms import ForgottenForm, NewPasswordForm
from guichet.accounts.models.login import TicketPurpose
from guichet.accounts.views.pages import dead_link, invalid, show, throttled

if TYPE_CHECKING:
    from guichet.accounts.access import SpaceRequest


@public
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: SpaceRequest, slug: str) -> HttpResponse:
    """Ask for the link; the answer is the same for every address."""
    if request.method != "POST":
        return show(request, "forgotten", form=ForgottenForm())
    form = ForgottenForm(request.POST)
    if not form.is_valid():
        return invalid(request, "forgotten", form)
    try:
        actions.ask_reset(insurer=request.insurer, email=form.cleaned_data["email"], visitor=request.visitor)
    except ThrottledError as error:
        return throttled(request, "forgotten", error.until, form=form)
    return show(request, "forgotten_sent", email=form.cleaned_data["email"])


@public
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: SpaceRequest, slug: str, token: str) -> HttpResponse:
    """Choose the new password, then log in with it and a code."""
    try:
        actions.find_ticket(insurer=request.insurer, token=token, purpose=TicketPurpose.RESET)
        if request.method != "POST":
            return show(request, "reset", form=NewPasswordForm())
        return _choose(request, token)
    except UnknownLinkError:
        raise Http404 from None
    except DeadLinkError as error:
        actions.note_dead_link(insurer=request.insurer, reason=error.reason)
        return dead_link(request, "reset")


def _choose(request: SpaceRequest, token: str) -> HttpResponse:
    form = NewPasswordForm(request.POST)
    if not form.is_valid():
        return invalid(request, "reset", form)
    try:
        actions.finish_reset(
            insurer=request.insurer,
            token=token,
            password=form.cleaned_data["password"],
            again=form.cleaned_data["again"],
        )
    except InvalidFieldsError as error:
        form.refuse(error.errors)
        return invalid(request, "reset", form)
    messages.success(request, _("Votre mot de passe a été modifié. Connectez-vous avec le nouveau mot de passe."))
    return redirect("accounts:login", request.insurer.slug)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request: SpaceRequest, slug: str, token: str) -> HttpResponse:
    """The link sent to a new address; opening it changes nothing yet, mail scanners do that as well."""
    try:
        ticket = actions.find_ticket(insurer=request.insurer, token=token, purpose=TicketPurpose.EMAIL)
        if request.method != "POST":
            return show(request, "confirm_address", email=ticket.payload)
        data.confirm_address(insurer=request.insurer, token=token)
    except UnknownLinkError:
        raise Http404 from None
    except DeadLinkError as error:
        actions.note_dead_link(insurer=request.insurer, reason=error.reason)
        return dead_link(request, "email")
    messages.success(request, _("Votre adresse est confirmée. Connectez-vous avec elle."))
    return redirect("accounts:login", slug)
