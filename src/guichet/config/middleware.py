"""When the audit or the database does not answer: nothing was done, and the visitor may try again (503)."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from django.db import InterfaceError, OperationalError

from guichet.audit import AuditUnavailable
from guichet.ui.views import error_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

RETRY_SECONDS: Final = 10

logger = logging.getLogger(__name__)


class UnavailableMiddleware:
    """Turns an unavailable audit or database into 503 with Retry-After; the act was rolled back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Only what another attempt may cure; everything else is a mistake of ours."""
        if not isinstance(exception, AuditUnavailable | OperationalError | InterfaceError):
            return None
        logger.error("Unavailable: %s", type(exception).__name__, exc_info=exception)
        response = error_page(request, HTTPStatus.SERVICE_UNAVAILABLE)
        response["Retry-After"] = str(RETRY_SECONDS)
        return response
