"""Who stands at the door, before anybody is known: address, browser, known devices."""

from __future__ import annotations

import ipaddress
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.core import signing

if TYPE_CHECKING:
    from collections.abc import Mapping

_SALT: Final = "guichet.accounts.devices"
_PEOPLE_PER_DEVICE: Final = 5
_YEAR: Final = 365 * 24 * 3600
_LONGEST_AGENT: Final = 120
_SUBSCRIBER: Final = 64  # bits of an IPv6 address that name a line; the others its owner changes at will
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Visitor:
    """What a browser tells about itself. `devices` maps people who logged in here before to this device's secret."""

    ip: str | None = None
    user_agent: str = ""
    devices: Mapping[str, str] = field(default_factory=dict)

    @property
    def network(self) -> str:
        """What a brake counts as one address: of IPv6 the /64, which a single subscriber has to himself."""
        if self.ip is None:
            return ""
        address = ipaddress.ip_address(self.ip)
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
            return str(ipaddress.IPv6Network((address, _SUBSCRIBER), strict=False))
        return str(getattr(address, "ipv4_mapped", None) or address)

    def device_of(self, person_id: object) -> str:
        """The device's secret if the person is known on it; an attacker cannot lock it out (ACC-07)."""
        return self.devices.get(str(person_id), "")


def read_visitor(meta: Mapping[str, str], device_cookie: str) -> Visitor:
    """From the WSGI environment and the cookie of known devices."""
    return Visitor(
        ip=peer(meta.get("REMOTE_ADDR", ""), meta.get("HTTP_X_FORWARDED_FOR", "")),
        user_agent=_printable(meta.get("HTTP_USER_AGENT", "")),
        devices=_devices(device_cookie),
    )


def remember(visitor: Visitor, person_id: object) -> str:
    """The new value of the device cookie once this person has logged in; the oldest of more than five is forgotten."""
    device = visitor.device_of(person_id) or secrets.token_urlsafe(12)
    others = {person: known for person, known in visitor.devices.items() if person != str(person_id)}
    kept = dict([*others.items()][-(_PEOPLE_PER_DEVICE - 1) :])
    return signing.dumps(kept | {str(person_id): device}, salt=_SALT)


def peer(remote: str, forwarded: str) -> str | None:
    """The visitor's address: what the nearest trusted proxy says, never what the visitor wrote."""
    trusted = set(settings.TRUSTED_PROXIES)
    address = remote
    for hop in reversed([hop.strip() for hop in forwarded.split(",") if hop.strip()]):
        if address not in trusted:
            break
        address = hop
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


def device_name(agent: str) -> str:
    """What people call the browser and its system: « Firefox, Windows ». Unknown ones by their first word."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), agent.split("/", maxsplit=1)[0][:30] or "–")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return f"{browser}, {system}" if system else browser


def _devices(cookie: str) -> dict[str, str]:
    try:
        loaded = signing.loads(cookie, salt=_SALT, max_age=_YEAR) if cookie else {}
    except signing.BadSignature:
        return {}
    return {str(person): str(device) for person, device in loaded.items()}


def _printable(agent: str) -> str:
    return "".join(letter for letter in agent if letter.isprintable())[:_LONGEST_AGENT]
