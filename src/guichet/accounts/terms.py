"""The terms of use: text, version, and the hash that is kept with who accepted it (ACC-02)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.template.loader import render_to_string

if TYPE_CHECKING:
    from guichet.tenancy.models import Insurer


@dataclass(frozen=True)
class Terms:
    """What was shown, in the language of the moment."""

    version: str
    text: str
    text_hash: str


def current_terms(insurer: Insurer) -> Terms:
    """The insurer's terms as they are shown now; the hash is SHA-256 of exactly this text."""
    version = str(insurer.setting("terms_version"))
    text = render_to_string("accounts/terms_text.html", {"insurer": insurer, "version": version})
    return Terms(version=version, text=text, text_hash=hashlib.sha256(text.encode()).hexdigest())
