"""Theme, language, style guide and the error pages."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST, require_safe

from guichet.tenancy.models import Insurer
from guichet.ui import cookies
from guichet.ui.colour import is_readable_accent, on_dark
from guichet.ui.styleguide import examples

_YEAR: Final = 365 * 24 * 3600


@require_safe
def theme(request: HttpRequest, slug: str) -> HttpResponse:
    """The insurer's accent, one rule. The address carries a hash of the colour, so it is kept for ever."""
    insurer = getattr(request, "insurer", None) or get_object_or_404(Insurer, slug=slug)
    response = HttpResponse(theme_css(insurer.accent), content_type="text/css; charset=utf-8")
    response.cache_for_ever = True  # type: ignore[attr-defined]
    return response


def theme_css(accent: str) -> str:
    """Both shades of an accent; one that cannot be read on white leaves the platform's own."""
    try:
        readable = is_readable_accent(accent)
    except ValueError:
        readable = False
    return f":root{{--accent:{accent};--accent-dark:{on_dark(accent)}}}\n" if readable else ""


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language of the pages by a cookie, then back to where the person was."""
    code = request.POST.get("language", "")
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        target = "/"
    response = HttpResponseRedirect(target)
    if code in dict(settings.LANGUAGES) and check_for_language(code):
        response.set_cookie(
            cookies.LANGUAGE, code, max_age=_YEAR, secure=not settings.DEMO, httponly=True, samesite="Lax"
        )
    return response


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in every state, in the demo only."""
    if not settings.DEMO:
        raise Http404
    return render(request, "ui/styleguide.html", examples())


def error_page(request: HttpRequest, status: int) -> HttpResponse:
    """The page in human words for an HTTP status; plain HTML without context if even that cannot be rendered."""
    try:
        body = render_to_string(f"ui/errors/{status}.html", {"status": status}, request=request)
    except Exception:  # noqa: BLE001 - the error page of an error: it must come, whatever is broken
        body = render_to_string("ui/errors/bare.html", {"status": status})
    return HttpResponse(body, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler400."""
    del exception
    return error_page(request, HTTPStatus.BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler403."""
    del exception
    return error_page(request, HTTPStatus.FORBIDDEN)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """settings.CSRF_FAILURE_VIEW: the page was open too long or cookies are refused."""
    del reason
    body = render_to_string("ui/errors/csrf.html", {"status": HTTPStatus.FORBIDDEN.value}, request=request)
    return HttpResponse(body, status=HTTPStatus.FORBIDDEN)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler404."""
    del exception
    return error_page(request, HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500."""
    return error_page(request, HTTPStatus.INTERNAL_SERVER_ERROR)
