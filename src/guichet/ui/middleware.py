"""Headers of every response, and what never reaches a view (SEC-05)."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.http import HttpResponseNotFound as NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""What a client may ask; TRACE and inventions get 405 before any view."""

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")

_POLICY: Final = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors {ancestors}",
    "frame-src {frames}",
    "base-uri 'none'",
    "object-src 'none'",
)
_MEDIA: Final = "; media-src 'self' blob:"
_INSTALLED: Final = "; manifest-src 'self'"
_PERMISSIONS: Final = "camera=(self), microphone=({microphone}), geolocation=(), payment=(), usb=(), display-capture=()"


class HeadersMiddleware:
    """CSP without exceptions, isolation, no caching, and Server-Timing in the demo.

    A view may set on its response: `frame_self = True` (the page shows our own documents in a frame),
    `framed_by_self = True` (this document may stand in one), `plays = True` (it plays sound that comes in pieces),
    `records = True` (it hears the microphone, plays that back, can be installed), `cache_for_ever = True` (theme,
    nothing personal).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._refusal(request) or (self._timed(request) if settings.DEMO else self.get_response(request))
        _set_headers(response)
        return response

    def _refusal(self, request: HttpRequest) -> HttpResponseBase | None:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        if _CONTROL.search(request.path):
            return NotFound()
        return None

    def _timed(self, request: HttpRequest) -> HttpResponseBase:
        meter = _Meter()
        started = time.perf_counter()
        with connection.execute_wrapper(meter):
            response = self.get_response(request)
        whole = (time.perf_counter() - started) * 1000
        response["Server-Timing"] = (
            f'db;desc="{meter.queries} queries";dur={meter.milliseconds:.1f}, app;dur={whole:.1f}'
        )
        return response


class _Meter:
    """Counts queries and their time on the default connection."""

    def __init__(self) -> None:
        self.queries = 0
        self.milliseconds = 0.0

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.queries += 1
            self.milliseconds += (time.perf_counter() - started) * 1000


def _set_headers(response: HttpResponseBase) -> None:
    frames = "'self'" if getattr(response, "frame_self", False) else "'none'"
    ancestors = "'self'" if getattr(response, "framed_by_self", False) else "'none'"
    records = getattr(response, "records", False)
    media = (_MEDIA if records or getattr(response, "plays", False) else "") + (_INSTALLED if records else "")
    response.setdefault("Content-Security-Policy", _policy(frames, ancestors) + media)
    response["Cross-Origin-Opener-Policy"] = "same-origin"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Referrer-Policy"] = "same-origin"
    response["Permissions-Policy"] = _PERMISSIONS.format(microphone="self" if records else "")
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "SAMEORIGIN" if ancestors == "'self'" else "DENY"
    if getattr(response, "cache_for_ever", False):
        response["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response["Cache-Control"] = "no-store"


def _policy(frames: str, ancestors: str) -> str:
    return "; ".join(_POLICY).format(frames=frames, ancestors=ancestors)
