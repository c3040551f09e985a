"""« Mon compte » (ACC-08): password, language, mobile, sessions, security history; and the step-up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.accounts import cookies, queries
from guichet.accounts.access import before_terms, signed_in
from guichet.accounts.actions import account as actions
from guichet.accounts.actions import stepup
from guichet.accounts.actions.own_data import is_alone
from guichet.accounts.errors import (
    CodeLockedError,
    ConflictError,
    InvalidFieldsError,
    ThrottledError,
    WrongCodeError,
)
from guichet.accounts.forms import CodeForm, LanguageForm, MobileForm, OwnPasswordForm, StepUpForm
from guichet.accounts.landing import own_path
from guichet.accounts.models import MemberRole, StaffRole
from guichet.accounts.models.login import TicketPurpose
from guichet.accounts.views.pages import found, invalid, show, throttled, wrong_code
from guichet.kernel.phone import mask_phone

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from guichet.accounts.access import Actor, SpaceRequest
    from guichet.accounts.models import Ticket


def role_word(actor: Actor) -> str:
    """The person's role here, in words."""
    return str(StaffRole(actor.role).label if actor.is_staff else MemberRole(actor.role).label)


@signed_in
@require_safe
def me(request: SpaceRequest, slug: str) -> HttpResponse:
    """The account on one page."""
    language = LanguageForm(initial={"language": request.actor.person.language}, insurer=request.insurer)
    return show(
        request,
        "me",
        form=language,
        person=request.actor.person,
        role_word=role_word(request.actor),
        alone=is_alone(request.actor),
        sessions=queries.sessions_of(request.actor),
        events=queries.events_of(request.actor),
    )


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: SpaceRequest, slug: str) -> HttpResponse:
    """A new password with the current one."""
    if request.method != "POST":
        return show(request, "password", form=OwnPasswordForm())
    form = OwnPasswordForm(request.POST)
    if not form.is_valid():
        return invalid(request, "password", form)
    typed = form.cleaned_data
    try:
        actions.change_password(
            by=request.actor,
            session=request.login,
            current=typed["current"],
            password=typed["password"],
            again=typed["again"],
            visitor=request.visitor,
        )
    except InvalidFieldsError as error:
        form.refuse(error.errors)
        return invalid(request, "password", form)
    except ThrottledError as error:
        return throttled(request, "password", error.until, form=form)
    messages.success(request, _("Votre mot de passe a été modifié. Vos autres sessions sont fermées."))
    return redirect("accounts:me", slug)


@signed_in
@before_terms
@require_POST
def language(request: SpaceRequest, slug: str) -> HttpResponse:
    """The language of pages, mails and SMS."""
    form = LanguageForm(request.POST, insurer=request.insurer)
    response = redirect("accounts:me", slug)
    if form.is_valid():
        actions.change_language(by=request.actor, language=form.cleaned_data["language"], visitor=request.visitor)
        cookies.put_language(response, form.cleaned_data["language"])
        with override(form.cleaned_data["language"]):
            messages.success(request, _("Votre langue est enregistrée."))
    return response


@signed_in
@require_POST
def end_session(request: SpaceRequest, slug: str, session_id: UUID) -> HttpResponse:
    """End one of the own sessions."""
    if not actions.end_session(by=request.actor, session_id=session_id, visitor=request.visitor):
        found(None)
    messages.success(request, _("La session est fermée."))
    return redirect("accounts:me", slug)


@signed_in
@require_POST
def end_others(request: SpaceRequest, slug: str) -> HttpResponse:
    """End all own sessions but this one."""
    actions.end_other_sessions(by=request.actor, session=request.login, visitor=request.visitor)
    messages.success(request, _("Vos autres sessions sont fermées."))
    return redirect("accounts:me", slug)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def mobile(request: SpaceRequest, slug: str) -> HttpResponse:
    """A new mobile number: the password, then the code sent to it."""
    if request.method != "POST":
        return show(request, "mobile", form=MobileForm())
    form = MobileForm(request.POST)
    if not form.is_valid():
        return invalid(request, "mobile", form)
    typed = form.cleaned_data
    try:
        stepup.send_code(
            by=request.actor,
            session=request.login,
            password=typed["password"],
            purpose=TicketPurpose.MOBILE,
            mobile=typed["mobile"],
        )
    except InvalidFieldsError as error:
        form.refuse(error.errors)
        return invalid(request, "mobile", form)
    except ThrottledError as error:
        return throttled(request, "mobile", error.until, form=form)
    return redirect("accounts:mobile_code", slug)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def mobile_code(request: SpaceRequest, slug: str) -> HttpResponse:
    """The code sent to the new number."""
    ticket = stepup.open_ticket(by=request.actor, session=request.login, purpose=TicketPurpose.MOBILE)
    if ticket is None:
        return redirect("accounts:mobile", slug)
    context = _awaited(ticket, ticket.payload)
    if request.method != "POST":
        return show(request, "ticket_code", form=CodeForm(), **context)

    def use(code: str) -> None:
        actions.change_mobile(by=request.actor, session=request.login, code=code, visitor=request.visitor)

    refused = _try_code(request, context, use, again=reverse("accounts:mobile", args=[slug]))
    if refused:
        return refused
    messages.success(request, _("Votre numéro de portable est modifié. L'ancien numéro et votre adresse sont avertis."))
    return redirect("accounts:me", slug)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def step_up(request: SpaceRequest, slug: str) -> HttpResponse:
    """Both factors once more before a dangerous act: the password first."""
    wanted = own_path(request.GET.get("next", "") or request.POST.get("next", ""), request.insurer)
    if request.method != "POST":
        return show(request, "step_up", form=StepUpForm(), next=wanted)
    form = StepUpForm(request.POST)
    if not form.is_valid():
        return invalid(request, "step_up", form, next=wanted)
    try:
        stepup.send_code(
            by=request.actor,
            session=request.login,
            password=form.cleaned_data["password"],
            purpose=TicketPurpose.STEP_UP,
        )
    except InvalidFieldsError as error:
        form.refuse(error.errors)
        return invalid(request, "step_up", form, next=wanted)
    except ThrottledError as error:
        return throttled(request, "step_up", error.until, form=form, next=wanted)
    return HttpResponseRedirect(_with_next("accounts:step_up_code", slug, wanted))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def step_up_code(request: SpaceRequest, slug: str) -> HttpResponse:
    """Then the code, then on to where the person wanted to go."""
    wanted = own_path(request.GET.get("next", "") or request.POST.get("next", ""), request.insurer)
    ticket = stepup.open_ticket(by=request.actor, session=request.login, purpose=TicketPurpose.STEP_UP)
    if ticket is None:
        return HttpResponseRedirect(_with_next("accounts:step_up", slug, wanted))
    context = _awaited(ticket, request.actor.person.mobile) | {"next": wanted}
    if request.method != "POST":
        return show(request, "ticket_code", form=CodeForm(), **context)

    def use(code: str) -> None:
        stepup.step_up(by=request.actor, session=request.login, code=code)

    refused = _try_code(request, context, use, again=_with_next("accounts:step_up", slug, wanted))
    return refused or HttpResponseRedirect(wanted or reverse("accounts:me", args=[slug]))


def _try_code(
    request: SpaceRequest, context: dict[str, Any], use: Callable[[str], None], *, again: str
) -> HttpResponse | None:
    """Try the typed code; the page that says why not, or nothing if it was right."""
    form = CodeForm(request.POST)
    if not form.is_valid():
        return invalid(request, "ticket_code", form, **context)
    try:
        use(form.cleaned_data["code"])
    except WrongCodeError as error:
        form.add_error("code", wrong_code(error))
        return invalid(request, "ticket_code", form, **context)
    except CodeLockedError as error:
        return throttled(request, "ticket_code", error.until, form=form, **context)
    except ConflictError:
        return HttpResponseRedirect(again)
    return None


def _awaited(ticket: Ticket, number: str) -> dict[str, Any]:
    return {"ticket": ticket, "masked": mask_phone(number)}


def _with_next(name: str, slug: str, wanted: str) -> str:
    address = reverse(name, args=[slug])
    return f"{address}?{urlencode({'next': wanted})}" if wanted else address
