"""Small value objects that components show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.functional import Promise

Tone = Literal["info", "success", "attention", "error", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of a timeline (`<c-timeline>`), newest first or last as the page wants."""

    at: datetime
    title: str | Promise
    who: str = ""
    text: str | Promise = ""
    tone: Tone = ""
