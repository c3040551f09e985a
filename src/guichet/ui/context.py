"""What every page knows: insurer, person, languages, menus, theme. No query of its own."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from guichet.ui import navigation

if TYPE_CHECKING:
    from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """Context of every template (settings.TEMPLATES)."""
    insurer = getattr(request, "insurer", None)
    actor = getattr(request, "actor", None)
    return {
        "insurer": insurer,
        "actor": actor,
        "nav": _menus(insurer, actor, request.path),
        "language": (get_language() or settings.LANGUAGE_CODE)[:2],
        "page_languages": _languages(insurer),
        "language_url": _url("ui:language"),
        "home_url": _home(insurer),
        "theme_url": _theme(insurer),
        "path": request.get_full_path(),
        "demo": settings.DEMO,
        "idle_seconds": settings.SESSION_IDLE_SECONDS,
        "keepalive_url": _url("accounts:keepalive", insurer.slug) if insurer and actor else "",
        "errors": (),
    }


def _menus(insurer: Any, actor: Any, path: str) -> dict[str, list[navigation.Link]]:
    if insurer is None or actor is None:
        found: dict[str, list[navigation.Link]] = {place: [] for place in navigation.PLACES}
    else:
        found = {
            place: navigation.links(place, actor=actor, slug=insurer.slug, path=path)
            for place in navigation.PLACES
            if place != "foot"
        }
    found["foot"] = navigation.links("foot", actor=insurer, slug=insurer.slug, path=path) if insurer else []
    return found


def _languages(insurer: Any) -> list[tuple[str, str]]:
    """(code, name in that language), those of the insurer that the platform speaks; none if there is no choice."""
    offered = (
        insurer.languages if insurer is not None and insurer.languages else [code for code, _ in settings.LANGUAGES]
    )
    spoken = [(code, name) for code, name in settings.LANGUAGES if code in offered]
    return spoken if len(spoken) > 1 else []


def _home(insurer: Any) -> str:
    return f"/{insurer.slug}/" if insurer is not None else "/"


def _theme(insurer: Any) -> str:
    """Address of the insurer's colours; it changes with them, so that browsers may keep it for ever."""
    if insurer is None:
        return ""
    address = _url("ui:theme", insurer.slug)
    return f"{address}?v={zlib.crc32(insurer.accent.encode()):08x}" if address else ""


def _url(name: str, *arguments: str) -> str:
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""
