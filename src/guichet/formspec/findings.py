"""Findings with words, and how they are said (FRM-04)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext

from guichet.kernel.codes import MESSAGES
from guichet.kernel.findings import Finding, Level

if TYPE_CHECKING:
    from guichet.formspec.declare import Words

UNREADABLE = "Saisissez une valeur valable."


def blocking(code: str, place: str, text: Words, *, source: str = "", **params: object) -> Finding:
    """The form cannot be sent like this."""
    return Finding(code, Level.BLOCKING, place, text, params, source)


def warning(code: str, place: str, text: Words, *, source: str = "", **params: object) -> Finding:
    """The form may be sent with an answer « je sais, parce que… »."""
    return Finding(code, Level.WARNING, place, text, params, source)


def words(finding: Finding) -> str:
    """The finding in the language of the moment."""
    template = str(finding.text) if finding.text else gettext(MESSAGES.get(finding.code, UNREADABLE))
    return template.format(**finding.params)


def moved(finding: Finding, prefix: str) -> Finding:
    """The same finding at a field of a line."""
    place = f"{prefix}-{finding.place}" if finding.place else prefix
    return Finding(finding.code, finding.level, place, finding.text, finding.params, finding.source)
