"""Reasons the office gives: a catalogue in four languages, and words of one's own (INV-23).

What was said is kept with the invoice in all four languages, as it was at that moment: everybody reads it in theirs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from django.utils import translation

from guichet.invoices.models import ReasonKind, ReasonTemplate
from guichet.invoices.reason_texts import DELIVERED_TEXTS
from guichet.invoices.rules import in_language, spoken
from guichet.kernel.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from guichet.invoices.models import Invoice
    from guichet.tenancy.models import Insurer

LANGUAGES: Final = ("fr", "de", "it", "en")
LONGEST: Final = 4_000  # characters of words of one's own
_MOST = 6  # reasons of the catalogue at once


@dataclass(frozen=True)
class Reason:
    """One entry of the catalogue."""

    code: str
    kind: str  # ReasonKind
    texts: dict[str, str]
    is_delivered: bool = False
    is_archived: bool = False

    @property
    def text(self) -> str:
        """In the language of the moment."""
        return in_language(self.texts, translation.get_language() or "fr")

    @property
    def kind_word(self) -> str:
        """What it is for, in words."""
        return str(ReasonKind(self.kind).label)


@dataclass(frozen=True)
class Said:
    """Reasons of the catalogue and words of one's own, ready to be kept."""

    reasons: tuple[Reason, ...] = ()
    text: str = ""
    stored: list[dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "stored", [{"code": one.code, "texts": one.texts} for one in self.reasons])

    def __bool__(self) -> bool:
        return bool(self.reasons or self.text)

    def words(self, language: str) -> str:
        """All of it in one language; one's own words are what they are."""
        return spoken(self.stored, self.text, language)


def said(catalogue: Iterable[Reason], *, codes: Iterable[str], text: str, kind: str) -> Said:
    """What an agent chose and wrote, cleaned; codes that are no living reason of that kind are left out."""
    wanted = set(list(codes)[:_MOST])
    chosen = tuple(one for one in catalogue if one.code in wanted and one.kind == kind and not one.is_archived)
    return Said(chosen, clean_text(text[:LONGEST], LONGEST))


def message_of(invoice: Invoice, language: str = "") -> str:
    """The office's message in a language (of the moment, if none is named)."""
    with translation.override(language or translation.get_language() or "fr"):
        return invoice.said


def catalogue_of(insurer: Insurer) -> list[Reason]:
    """All reasons of an insurer, archived ones too: what is delivered, unless it has its own of that code."""
    own = {
        row.code: Reason(row.code, row.kind, dict(row.texts), row.code in DELIVERED_TEXTS, row.archived_at is not None)
        for row in ReasonTemplate.objects.filter(insurer=insurer).order_by("code")
    }
    delivered = {code: Reason(code, kind, texts, is_delivered=True) for code, (kind, texts) in DELIVERED_TEXTS.items()}
    return sorted((delivered | own).values(), key=lambda one: (ReasonKind.values.index(one.kind), one.text.casefold()))
