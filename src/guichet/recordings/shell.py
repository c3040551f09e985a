"""What the recorder needs to open without a connection: addresses of its files, and the version all of them make."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template
from django.templatetags.static import static

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE: Final = "recordings/recorder/page.html"
WORKER: Final = "recordings/recorder/service-worker.js"
ICONS: Final = {size: f"recordings/recorder/icon-{size}.png" for size in (192, 512)}
_TEMPLATES: Final = (PAGE, "recordings/recorder/screens.html", "recordings/recorder/device.html", "ui/base.html")
_NAMED: Final = (  # by a page or a stylesheet, with the fingerprint of their content
    "ui/css/tokens.css",
    "ui/css/base.css",
    "ui/css/components.css",
    "ui/css/pages.css",
    "ui/fonts/inter-latin.woff2",
    "ui/fonts/inter-latin-ext-a.woff2",
    "ui/favicon.svg",
    "ui/icons.svg",
    "ui/js/app.js",
    "recordings/recorder/recorder.css",
    "recordings/recorder/guard.js",
    "recordings/recorder/app.js",
    "recordings/recorder/vault-worker.js",
    *ICONS.values(),
)
_FOLDERS: Final = ("ui/js", "recordings/recorder")  # their modules import one another by name


def files() -> list[str]:
    """Addresses of everything static."""
    return sorted({*map(static, _NAMED), *(settings.STATIC_URL + name for name in _modules())})


def version(more: Sequence[str] = ()) -> str:
    """Changes whenever anything of the shell does; `more` are addresses that are not static."""
    return hashlib.sha256("\n".join([_content(), *files(), *more]).encode()).hexdigest()[:16]


def worker() -> str:
    """The text of the service worker, without what the platform writes before it."""
    return _read(WORKER).decode()


@lru_cache(maxsize=1)
def _modules() -> tuple[str, ...]:
    found = {"recordings/sha256.js"}
    for folder in _FOLDERS:
        place = Path(_place(f"{folder}/app.js")).parent
        found |= {f"{folder}/{file.name}" for file in place.glob("*.js")}
    return tuple(sorted(found - {WORKER}))


@lru_cache(maxsize=1)
def _content() -> str:
    """Fingerprint of all files and templates; they change with the program only."""
    digest = hashlib.sha256()
    for name in sorted({*_NAMED, *_modules(), WORKER}):
        digest.update(_read(name))
    for name in _TEMPLATES:
        digest.update(Path(get_template(name).origin.name).read_bytes())  # type: ignore[attr-defined]
    return digest.hexdigest()


def _read(name: str) -> bytes:
    return Path(_place(name)).read_bytes()


def _place(name: str) -> str:
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(name)
    return found
