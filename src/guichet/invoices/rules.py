"""What may be done beyond the table of moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from decimal import Decimal
    from typing import Any

    from guichet.tenancy.models import Insurer

NEW_IBAN = "new_iban"  # the mark of an account that is not the usual one


def wants_second_agent(insurer: Insurer, *, accepted: Decimal, marks: Collection[str]) -> bool:
    """Whether a second agent must confirm (INV-24): above an amount in CHF, or for a changed IBAN, by configuration."""
    above = insurer.setting("four_eyes_above")
    if above is not None and accepted > above:
        return True
    return bool(insurer.setting("four_eyes_new_iban")) and NEW_IBAN in marks


def spoken(reasons: list[dict[str, Any]], text: str, language: str) -> str:
    """Reasons as they were kept (code, texts by language) and words of one's own, in one language."""
    parts = [in_language(one["texts"], language) for one in reasons]
    return "\n".join([*parts, text] if text else parts)


def in_language(texts: dict[str, str], language: str) -> str:
    """The text in that language, or in French."""
    return texts.get(language[:2]) or texts.get("fr") or next(iter(texts.values()), "")
