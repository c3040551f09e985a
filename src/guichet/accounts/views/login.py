"""Home of a space (ACC-11), login with password and code (ACC-04, ACC-07), logout."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guichet.accounts import codes, cookies
from guichet.accounts.access import before_terms, public, signed_in
from guichet.accounts.actions import login as actions
from guichet.accounts.errors import (
    CodeLockedError,
    NoAttemptError,
    ThrottledError,
    WrongCodeError,
    WrongCredentialsError,
)
from guichet.accounts.forms import CodeForm, LoginForm
from guichet.accounts.landing import landing, own_path
from guichet.accounts.views.pages import invalid, show, throttled, wrong_code
from guichet.accounts.visitor import remember
from guichet.kernel.phone import mask_phone
from guichet.notify.models import Status
from guichet.notify.queries import status_of

if TYPE_CHECKING:
    from guichet.accounts.access import SpaceRequest
    from guichet.accounts.models import LoginAttempt

_HELP_AFTER: Final = 30  # seconds until the help of the guide's 5.1.2 is opened


@public
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: SpaceRequest, slug: str) -> HttpResponse:
    """« Connexion » on the left, « S'inscrire » on the right."""
    if request.method == "POST":
        return _sign_in(request)
    if request.actor:
        return HttpResponseRedirect(landing(request.actor))
    wanted = own_path(request.GET.get("next", ""), request.insurer)
    return show(request, "login", form=LoginForm(), next=wanted)


def _sign_in(request: SpaceRequest) -> HttpResponse:
    form = LoginForm(request.POST)
    wanted = own_path(request.POST.get("next", ""), request.insurer)
    if not form.is_valid():
        return invalid(request, "login", form, next=wanted)
    try:
        token = actions.start_login(
            insurer=request.insurer,
            email=form.cleaned_data["email"],
            password=form.cleaned_data["password"],
            visitor=request.visitor,
            next_path=wanted,
        )
    except WrongCredentialsError:
        form.add_error(None, _("E-mail ou mot de passe incorrect"))
        return invalid(request, "login", form, next=wanted)
    except ThrottledError as error:
        return throttled(request, "login", error.until, form=form, next=wanted)
    response = redirect("accounts:code", request.insurer.slug)
    cookies.put(response, cookies.ATTEMPT, token)
    return response


@public
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: SpaceRequest, slug: str) -> HttpResponse:
    """The second factor: one field, a countdown, the help of the guide."""
    token = request.COOKIES.get(cookies.ATTEMPT, "")
    try:
        attempt = actions.find_attempt(insurer=request.insurer, token=token)
        if request.method == "POST":
            return _check_code(request, attempt, token)
    except NoAttemptError:
        return redirect("accounts:login", slug)
    if attempt.used_at:
        return redirect("accounts:login", slug)
    return show(request, "code", form=CodeForm(), **_waiting(request, attempt))


def _check_code(request: SpaceRequest, attempt: LoginAttempt, token: str) -> HttpResponse:
    form = CodeForm(request.POST)
    if not form.is_valid():
        return invalid(request, "code", form, **_waiting(request, attempt))
    try:
        opened = actions.verify_code(
            insurer=request.insurer, token=token, code=form.cleaned_data["code"], visitor=request.visitor
        )
    except WrongCodeError as error:
        form.add_error("code", wrong_code(error))
        return invalid(request, "code", form, **_waiting(request, attempt))
    except CodeLockedError as error:
        return throttled(request, "code", error.until, form=form, locked=True, **_waiting(request, attempt))
    except ThrottledError as error:
        return throttled(request, "code", error.until, form=form, **_waiting(request, attempt))
    return _welcome(request, opened)


def _welcome(request: SpaceRequest, opened: actions.Opened) -> HttpResponse:
    response = HttpResponseRedirect(opened.next_path or landing(opened.actor))
    cookies.put(response, cookies.SESSION, opened.token)
    cookies.drop(response, cookies.ATTEMPT)
    cookies.put_device(response, remember(request.visitor, opened.actor.person.pk))
    cookies.put_language(response, opened.actor.person.language)
    return response


def _waiting(request: SpaceRequest, attempt: LoginAttempt) -> dict[str, Any]:
    """What the page says about the code on its way."""
    wait = (attempt.sent_at + codes.RESEND_AFTER - timezone.now()).total_seconds()
    return {
        "attempt": attempt,
        "masked": mask_phone(attempt.person.mobile),
        "seconds": max(0, round(wait)),
        "help_after": _HELP_AFTER,
        "delivery": status_of(request.insurer, actions.sms_key(attempt)),
        "Status": Status,
    }


@public
@require_POST
def resend(request: SpaceRequest, slug: str) -> HttpResponse:
    """« J'ai besoin d'un nouveau code d'accès »."""
    token = request.COOKIES.get(cookies.ATTEMPT, "")
    try:
        actions.resend_code(insurer=request.insurer, token=token)
    except NoAttemptError:
        return redirect("accounts:login", slug)
    except ThrottledError as error:
        attempt = actions.find_attempt(insurer=request.insurer, token=token)
        return throttled(request, "code", error.until, form=CodeForm(), early=True, **_waiting(request, attempt))
    return redirect("accounts:code", slug)


@signed_in
@before_terms
@require_POST
def logout(request: SpaceRequest, slug: str) -> HttpResponse:
    """« Déconnexion »: ended on the server, and the browser forgets the pages it kept.

    Its stores are left alone: an interview that was recorded here and is not sent yet lies there (REC-04). What belongs
    to the login is cleared by the page itself (`ui/js/logout.js`).
    """
    actions.logout(by=request.actor, session=request.login, visitor=request.visitor)
    response = redirect("accounts:login", slug)
    cookies.drop(response, cookies.SESSION)
    response["Clear-Site-Data"] = '"cache"'
    return response


@signed_in
@before_terms
@require_POST
def keepalive(request: SpaceRequest, slug: str) -> HttpResponse:
    """« Rester connecté »: the request itself keeps the login alive."""
    del request, slug
    return HttpResponse(status=HTTPStatus.NO_CONTENT)
