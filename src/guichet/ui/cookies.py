"""How cookies are named: bound to this host in production, so that no neighbour can plant one (OWASP ASVS 3.3.1)."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage

PREFIX: Final = "" if settings.DEMO else "__Host-"  # the demo speaks plain http, where browsers refuse the prefix
LANGUAGE: Final = f"{PREFIX}guichet-language"


class Messages(CookieStorage):
    """What a page says once, after a redirect."""

    cookie_name = f"{PREFIX}guichet-messages"
