"""The cookies of accounts: host-bound, unreadable for scripts, Secure outside the demo (ASVS 3.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.conf import settings

from guichet.ui import cookies as names

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

SESSION: Final = settings.SESSION_COOKIE_NAME
ATTEMPT: Final = f"{names.PREFIX}guichet-attempt"
DEVICE: Final = f"{names.PREFIX}guichet-device"
LANGUAGE: Final = names.LANGUAGE
_YEAR: Final = 365 * 24 * 3600


def put(response: HttpResponseBase, name: str, value: str, *, age: int | None = None) -> None:
    """Set one; without `age` it ends with the browser."""
    response.set_cookie(
        name, value, max_age=age, path="/", secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


def put_device(response: HttpResponseBase, value: str) -> None:
    """The device is known for a year."""
    put(response, DEVICE, value, age=_YEAR)


def put_language(response: HttpResponseBase, code: str) -> None:
    """The language of the pages, as the switch of the header sets it."""
    put(response, LANGUAGE, code, age=_YEAR)


def drop(response: HttpResponseBase, name: str) -> None:
    """Remove one; the attributes must be those it was set with."""
    response.set_cookie(
        name, "", max_age=0, path="/", secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )
