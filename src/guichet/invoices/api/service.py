"""All operations as one OpenAPI 3.1 document, its addresses marked as ours, its errors in one shape."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from guichet.accounts.access import public
from guichet.invoices.api.auth import Throttled
from guichet.invoices.api.operations import Refused, error_of, router

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

_OF_THE_VENDOR: Final = ("api-root", "openapi-json")  # which answer whatever the method is

api = NinjaAPI(
    title="Guichet",
    version="1.0.0",
    description=(
        "Invoices to the invalidity insurance from the sender's own software. A key belongs to one affiliation, is "
        "made and revoked by its managers, and opens what its scopes say: `read`, `send`."
    ),
    urls_namespace="api",
    docs_url=None,
    openapi_url="/openapi.json",
)
api.add_router("", router)


@api.exception_handler(Refused)
def _refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    return api.create_response(request, error_of(refused), status=refused.status)


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    del error
    response = _error(request, HTTPStatus.UNAUTHORIZED, "key.invalid", "This key opens nothing.")
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(Throttled)
def _throttled(request: HttpRequest, throttled: Throttled) -> HttpResponse:
    response = _error(request, HTTPStatus.TOO_MANY_REQUESTS, "key.throttled", "Too many requests.")
    response["Retry-After"] = str(throttled.seconds)
    return response


@api.exception_handler(HttpError)
def _forbidden(request: HttpRequest, error: HttpError) -> HttpResponse:
    return _error(request, error.status_code, "key.scope" if error.status_code == 403 else "request.bad", str(error))


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    del error
    return _error(request, HTTPStatus.NOT_FOUND, "object.unknown", "There is no such thing.")


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    said = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors[:10])
    return _error(request, HTTPStatus.UNPROCESSABLE_ENTITY, "request.invalid", said)


def _error(request: HttpRequest, status: int, code: str, text: str) -> HttpResponse:
    body: dict[str, Any] = {"code": code, "text": text, "findings": []}
    return api.create_response(request, body, status=status)


def addresses() -> list[URLPattern | URLResolver]:
    """Every address, marked: a key is asked for by the operation itself, no login is."""
    patterns: list[Any] = api.urls[0]
    for pattern in patterns:
        if pattern.name in _OF_THE_VENDOR:
            pattern.callback = require_safe(pattern.callback)
        public(pattern.callback)
    return patterns
