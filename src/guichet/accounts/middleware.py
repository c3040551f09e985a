"""Every request inside an insurer's space: tenant, facts for the audit, login, role, mark of the view, language."""

from __future__ import annotations

import logging
import uuid
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import InterfaceError, OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode

from guichet.accounts import cookies, sessions
from guichet.accounts.actions.login import find_attempt
from guichet.accounts.errors import NoAttemptError
from guichet.accounts.visitor import read_visitor
from guichet.audit import AuditUnavailable, Who, record
from guichet.audit.context import request_facts
from guichet.tenancy.context import entering, tenant
from guichet.tenancy.models import Insurer
from guichet.tenancy.prepared import Prepared
from guichet.ui.views import error_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http.response import HttpResponseBase

    from guichet.accounts.access import Demand


_insurers: Final = Prepared(lambda slug: Insurer.objects.filter(slug=slug).annotate(entered=entering()))
"""Every request asks; who is found is entered."""

_DOWN: Final = (AuditUnavailable, OperationalError, InterfaceError)
_RETRY_SECONDS: Final = "10"

logger = logging.getLogger(__name__)


class SpaceMiddleware:
    """Resolves `request.insurer`, enters its tenant, and finds `request.actor` in at most three queries.

    A view inside a space without a mark (`accounts.access`) is a mistake of ours and is never served.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        visitor = read_visitor(request.META, request.COOKIES.get(cookies.DEVICE, ""))
        _set(request, insurer=None, actor=None, login=None, visitor=visitor)
        agent = request.headers.get("User-Agent", "")
        with request_facts(ip=visitor.ip or "", user_agent=agent, request_id=uuid.uuid4().hex):
            slug = _slug(request.path_info)
            if slug is None:
                return self.get_response(request)
            try:
                return self._inside(request, slug)
            except _DOWN:
                return _unavailable(request)

    def _inside(self, request: HttpRequest, slug: str) -> HttpResponseBase:
        insurer = next(iter(_insurers(slug=slug)), None)
        if insurer is None:
            raise Http404(slug)
        with tenant(insurer.pk, entered=True):
            _set(request, insurer=insurer)
            _find_login(request, insurer)
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Enforce the view's mark before it runs (style 8: login is the default, exceptions are visible)."""
        del args
        insurer: Insurer | None = getattr(request, "insurer", None)
        if insurer is None:
            return None
        demand: Demand | None = getattr(view, "demand", None)
        if demand is None:
            raise ImproperlyConfigured(f"{view.__module__}.{view.__name__} has no mark of accounts.access")
        actor = getattr(request, "actor", None)
        if demand.public:
            return None
        if actor is None:
            _keep_typed(request, insurer, view, kwargs)
            return _to_login(request, insurer)
        if not demand.met_by(actor):
            try:
                _note_refusal(insurer, actor.who, request.path_info)
            except _DOWN:
                return _unavailable(request)
            raise PermissionDenied
        if actor.owes_terms and not getattr(view, "before_terms", False):
            return _to_terms(request, insurer)
        return None


def _to_terms(request: HttpRequest, insurer: Insurer) -> HttpResponseBase:
    """Whoever came with a forwarded case accepts this insurer's terms first; a script is told plainly."""
    if request.headers.get("HX-Request") or request.headers.get("Sec-Fetch-Dest") == "empty":
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    wanted = {"next": request.get_full_path()} if request.method == "GET" else {}
    return HttpResponseRedirect(f"{reverse('accounts:accept_terms', args=[insurer.slug])}?{urlencode(wanted)}")


def _unavailable(request: HttpRequest) -> HttpResponseBase:
    """Database or audit do not answer before a view was asked: the same page as afterwards (503)."""
    logger.error("Database or audit did not answer before the view was asked")
    response: HttpResponse = error_page(request, HTTPStatus.SERVICE_UNAVAILABLE)
    response["Retry-After"] = _RETRY_SECONDS
    return response


def _slug(path: str) -> str | None:
    try:
        return resolve(path).kwargs.get("slug")
    except Resolver404:
        return None


def _set(request: HttpRequest, **values: object) -> None:
    for name, value in values.items():
        setattr(request, name, value)


def _find_login(request: HttpRequest, insurer: Insurer) -> None:
    token = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    found = sessions.find(token, insurer) if token else None
    if found is None:
        return
    sessions.touch(found.session)
    _set(request, login=found.session, actor=found.actor)


def _to_login(request: HttpRequest, insurer: Insurer) -> HttpResponseBase:
    """A page leads to the login and back; a script is told plainly."""
    if token := request.COOKIES.get(cookies.ATTEMPT, ""):
        _note_half_authenticated(insurer, token, request.path_info)
    if request.headers.get("HX-Request") or request.headers.get("Sec-Fetch-Dest") == "empty":
        return HttpResponse(status=401)
    login = reverse("accounts:login", args=[insurer.slug])
    return HttpResponseRedirect(f"{login}?{urlencode({'next': request.get_full_path()})}")


def _keep_typed(request: HttpRequest, insurer: Insurer, view: Callable[..., object], kwargs: dict[str, Any]) -> None:
    """What was sent after the login had ended is put aside by the view's own `keep_typed`, for the same person."""
    keep = getattr(view, "keep_typed", None)
    token = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    if keep is None or not token or request.method != "POST":
        return
    session = sessions.lapsed(token)
    actor = sessions.actor_of(session.person, insurer) if session else None
    if actor is not None:
        keep(request, actor=actor, **kwargs)


def _note_refusal(insurer: Insurer, who: Who, path: str) -> None:
    with transaction.atomic():
        record("authz.denied", insurer_id=insurer.pk, by=who, on="route", object_id=path[:200], outcome="refused")


def _note_half_authenticated(insurer: Insurer, token: str, path: str) -> None:
    """Somebody with the password only tried to go on without the code."""
    try:
        attempt = find_attempt(insurer=insurer, token=token)
    except NoAttemptError:
        return
    with transaction.atomic():
        who = Who(person_id=str(attempt.person_id), role="half_authenticated")
        record(
            "authz.denied", insurer_id=insurer.pk, by=who, on="route", object_id=path[:200], outcome="refused",
            reason="half_auth",
        )  # fmt: skip


class LanguageMiddleware:
    """The switch's cookie (the login sets it to the person's language), the person, the browser, the insurer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        code = _language(request)
        request.LANGUAGE_CODE = code
        with translation.override(code):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", code)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


def _language(request: HttpRequest) -> str:
    spoken = [code for code, _ in settings.LANGUAGES]
    insurer: Insurer | None = getattr(request, "insurer", None)
    offered = [code for code in (insurer.languages if insurer else spoken) if code in spoken] or [
        settings.LANGUAGE_CODE
    ]
    login = getattr(request, "login", None)
    wishes = [
        request.COOKIES.get(cookies.LANGUAGE, ""),
        login.person.language if login else "",
        *_accepted(request.headers.get("Accept-Language", "")),
    ]
    return next((wish for wish in wishes if wish in offered), offered[0])


def _accepted(header: str) -> list[str]:
    """Languages of the header, the best first, without regions: "de-CH,fr;q=0.8" → ["de", "fr"]."""
    from django.utils.translation.trans_real import parse_accept_lang_header

    return [code[:2] for code, _quality in parse_accept_lang_header(header[:500])]
