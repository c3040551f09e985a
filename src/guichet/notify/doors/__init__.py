"""The doors to mail and SMS providers, built from the addresses an operator configures (MSG-03).

| address | door |
|---|---|
| `smtp://user:password@host:587?tls=starttls` | SMTP; `tls` is starttls (default) or none; `smtps://`: TLS at once |
| `aspsms://userkey:password@json.aspsms.com?originator=Guichet` | ASPSMS |
| `http+sms:https://host/path#token=…` | any gateway that takes JSON (`http_sms.py`) |
| `outbox:` | files in `settings.OUTBOX`, for the demo |
| `memory:name` | the twin for tests |

User names, passwords and tokens are percent-encoded.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from guichet.notify.doors.aspsms import AspsmsDoor
from guichet.notify.doors.base import (
    DoorError,
    Mail,
    MailDoor,
    Postponed,
    Refused,
    Sms,
    SmsDoor,
    Unavailable,
)
from guichet.notify.doors.http_sms import HttpSmsDoor
from guichet.notify.doors.local import LocalDoor
from guichet.notify.doors.memory import MemoryDoor
from guichet.notify.doors.smtp import SmtpDoor

__all__ = [
    "DoorError",
    "Mail",
    "MailDoor",
    "Postponed",
    "Refused",
    "Sms",
    "SmsDoor",
    "Unavailable",
    "build_mail_door",
    "build_sms_door",
    "mail_doors",
    "sms_doors",
]

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def mail_doors() -> list[MailDoor]:
    """The configured relay, or none."""
    return [build_mail_door(settings.MAIL_DOOR)] if settings.MAIL_DOOR else []


def sms_doors() -> list[SmsDoor]:
    """The configured gateways, in the order in which they are tried."""
    return [build_sms_door(address) for address in settings.SMS_DOORS]


@lru_cache(maxsize=16)
def build_mail_door(address: str) -> MailDoor:
    """The door an address describes. Raises `ImproperlyConfigured`, never quoting the address: it holds a password."""
    scheme, _, rest = address.partition(":")
    if scheme == "outbox":
        return LocalDoor()
    if scheme == "memory":
        return MemoryDoor(rest or "memory")
    if scheme not in {"smtp", "smtps"}:
        raise ImproperlyConfigured("GUICHET_MAIL: use smtp://, smtps:// or outbox:")
    url = urlsplit(address)
    tls = "implicit" if scheme == "smtps" else _option(url.query, "tls", "starttls")
    if tls not in {"implicit", "starttls", "none"}:
        raise ImproperlyConfigured("GUICHET_MAIL: tls is starttls or none")
    if tls == "none" and url.username and url.hostname not in _LOOPBACK:
        raise ImproperlyConfigured("GUICHET_MAIL: a password needs TLS")
    return SmtpDoor(
        host=url.hostname or "",
        port=url.port or (465 if tls == "implicit" else 587),
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        tls=tls,
    )


@lru_cache(maxsize=16)
def build_sms_door(address: str) -> SmsDoor:
    """The door an address describes. Raises `ImproperlyConfigured`, never quoting the address: it holds a password."""
    scheme, _, rest = address.partition(":")
    if scheme == "outbox":
        return LocalDoor()
    if scheme == "memory":
        return MemoryDoor(rest or "memory")
    if scheme in {"aspsms", "aspsms+http"}:
        return _aspsms(urlsplit(address), "http" if scheme == "aspsms+http" else "https")
    if scheme == "http+sms":
        return _http_sms(urlsplit(rest))
    raise ImproperlyConfigured("GUICHET_SMS: use aspsms://, http+sms: or outbox:")


def _aspsms(url: SplitResult, scheme: str) -> AspsmsDoor:
    host = f"{url.hostname}:{url.port}" if url.port else url.hostname or "json.aspsms.com"
    return AspsmsDoor(
        url=_checked(SplitResult(scheme, host, "/SendSimpleTextSMS", "", "")),
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        originator=_option(url.query, "originator", "Guichet"),
        tracking=_option(url.query, "tracking", "yes") != "no",
    )


def _http_sms(url: SplitResult) -> HttpSmsDoor:
    given = {name: values[0] for name, values in parse_qs(url.fragment, keep_blank_values=True).items()}
    known = set(HttpSmsDoor.__dataclass_fields__) - {"url"}
    if unknown := sorted(set(given) - known):
        raise ImproperlyConfigured(f"GUICHET_SMS: http+sms: does not know {', '.join(unknown)}")
    return HttpSmsDoor(url=_checked(url._replace(fragment="")), **given)


def _checked(url: SplitResult) -> SplitResult:
    """Codes travel by TLS only, except on this machine."""
    if url.scheme != "https" and not (url.scheme == "http" and url.hostname in _LOOPBACK):
        raise ImproperlyConfigured("GUICHET_SMS: a gateway is reached by https")
    return url


def _option(query: str, name: str, default: str) -> str:
    return parse_qs(query).get(name, [default])[0]
