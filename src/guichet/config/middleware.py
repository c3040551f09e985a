"""What every request meets first: the limit of its body, and what is said when audit or database do not answer."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.urls import Resolver404, resolve

from guichet.audit import AuditUnavailable, record
from guichet.storage import NoRoom
from guichet.ui.views import error_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

    from guichet.accounts.access import Actor

RETRY_SECONDS: Final = 10
_UNAVAILABLE: Final = (AuditUnavailable, OperationalError, InterfaceError, NoRoom)

logger = logging.getLogger(__name__)


class UnavailableMiddleware:
    """Turns an unavailable audit or database, or a full disk, into 503 with Retry-After; the act was rolled back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Only what another attempt may cure; everything else is a mistake of ours."""
        if not isinstance(exception, _UNAVAILABLE):
            return None
        return _unavailable(request, exception)


def _unavailable(request: HttpRequest, exception: Exception) -> HttpResponse:
    logger.error("Unavailable: %s", type(exception).__name__, exc_info=exception)
    response = error_page(request, HTTPStatus.SERVICE_UNAVAILABLE)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


class HiddenMiddleware:
    """Somebody who asks for an object that is not theirs, or is nobody's, leaves a line in the audit (404).

    Trying out other people's numbers is otherwise invisible: the answer is the same as for a number that never was.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        actor: Actor | None = getattr(request, "actor", None)
        if response.status_code != HTTPStatus.NOT_FOUND or actor is None or request.resolver_match is None:
            return response
        asked = [str(value) for value in request.resolver_match.kwargs.values() if isinstance(value, UUID)]
        if not asked:
            return response
        try:
            _note_hidden(actor, request.resolver_match.view_name, asked[-1])
        except _UNAVAILABLE as exception:
            return _unavailable(request, exception)
        return response


def _note_hidden(actor: Actor, view_name: str, object_id: str) -> None:
    with transaction.atomic():
        record(
            "authz.denied",
            insurer_id=actor.insurer.pk,
            by=actor.who,
            on="object",
            object_id=object_id,
            outcome="refused",
            reason="hidden",
            detail={"view": view_name},
        )


class BodyLimitMiddleware:
    """Refuses a body that is too large before a byte of it is read; nothing else may read it earlier.

    A body without a length (chunked) is refused too: its size cannot be known beforehand.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "Transfer-Encoding" in request.headers:
            return error_page(request, HTTPStatus.LENGTH_REQUIRED)
        length = request.headers.get("Content-Length") or "0"
        if not (length.isascii() and length.isdigit()):
            return error_page(request, HTTPStatus.BAD_REQUEST)
        if int(length) > _limit(request):
            return error_page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return self.get_response(request)


def _limit(request: HttpRequest) -> int:
    """Bytes: documents come as multipart, parts of an upload where its view says so, everything else is a form."""
    if request.method == "PATCH":
        return _of_view(request.path_info)
    if (request.content_type or "").startswith("multipart/form-data"):
        return settings.FILE_UPLOAD_MAX_MEMORY_SIZE
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def _of_view(path: str) -> int:
    """What the view at this address takes in one PATCH."""
    try:
        view = resolve(path).func
    except Resolver404:
        return settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return int(getattr(view, "body_limit", settings.DATA_UPLOAD_MAX_MEMORY_SIZE))
