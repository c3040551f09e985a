"""What production must have before it may start: a real virus scanner and a master key of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004


@register(Tags.security)
def storage_is_safe(*_apps: object, **_options: object) -> list[CheckMessage]:
    """E001: no clamd outside the demo (FRM-09). E002: no master key outside the demo (OWASP ASVS 13.3.1)."""
    if settings.DEMO:
        return []
    found: list[CheckMessage] = []
    if not settings.CLAMD:
        hint = "Set GUICHET_CLAMD to unix:/path/of/clamd.ctl or host:port."
        found.append(
            Error("No virus scanner: clamd is required outside the demo.", hint=hint, id="guichet.storage.E001")
        )
    if not settings.MASTER_KEY:
        hint = "Set GUICHET_MASTER_KEY to 32 random bytes in base64; keep a copy in a safe."
        found.append(Error("No master key: stored objects cannot be sealed.", hint=hint, id="guichet.storage.E002"))
    return found


@register(Tags.security)
def regions_are_allowed(*_apps: object, **_options: object) -> list[CheckMessage]:
    """E003: data would lie or travel in a region that is not on the list, or that nobody has stated (REC-23)."""
    hint = "Set GUICHET_REGION (or the region of that use) to one of GUICHET_REGIONS_ALLOWED."
    return [
        Error(
            f"The region of {use} is « {region or '?'} », which is not allowed.", hint=hint, id="guichet.storage.E003"
        )
        for use, region in settings.REGIONS.items()
        if region not in settings.REGIONS_ALLOWED
    ]


@register(Tags.security)
def room_is_left(*_apps: object, **_options: object) -> list[CheckMessage]:
    """W004: a disk of objects or keys is nearly full; writes will be put off with 503 and 507 (REL-04)."""
    found: list[CheckMessage] = []
    for name in ("STORAGE_ROOT", "KEY_STORE"):
        free = shutil.disk_usage(_existing(Path(getattr(settings, name)))).free
        if free < settings.LEAST_ROOM:
            hint = "Give the volume more space. Uploads and attachments wait meanwhile, and go on by themselves."
            text = f"{free / 1e9:.1f} GB are left where {name} lies, less than GUICHET_LEAST_ROOM."
            found.append(Warning(text, hint=hint, id="guichet.storage.W004"))
    return found


def _existing(path: Path) -> Path:
    """The directory, or what it will be made in."""
    return next(place for place in (path, *path.parents) if place.exists())
