"""The catalogue of reasons of an insurer: what is delivered, changed; what is its own (INV-23)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone

from guichet import audit
from guichet.casework.errors import CaseError
from guichet.invoices.models import ReasonKind, ReasonTemplate
from guichet.invoices.reason_texts import DELIVERED_TEXTS
from guichet.invoices.reasons import LANGUAGES, Reason
from guichet.kernel.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from guichet.accounts.access import Actor

_CODE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST: Final = 600  # characters of a text
_LONGEST_CODE: Final = 40


class ReasonRefused(CaseError):
    """The reason cannot be kept (422); `places` are the fields: code, kind, or a language without text."""

    def __init__(self, *places: str) -> None:
        super().__init__(", ".join(places))
        self.places = places


@transaction.atomic
def keep_reason(*, code: str, kind: str, texts: Mapping[str, str], by: Actor) -> ReasonTemplate:
    """Add a reason, or change the one of that code. Needs all four languages. Raises `ReasonRefused`.

    What was said before keeps its words: every decision holds its own.
    """
    said = {language: clean_text(texts.get(language, "")[:LONGEST], LONGEST) for language in LANGUAGES}
    wrong = [language for language, text in said.items() if not text]
    if not _CODE.fullmatch(code) or len(code) > _LONGEST_CODE:
        wrong.insert(0, "code")
    if kind not in ReasonKind.values:
        wrong.insert(0, "kind")
    if wrong:
        raise ReasonRefused(*wrong)
    kept, _created = ReasonTemplate.objects.update_or_create(
        insurer=by.insurer,
        code=code,
        defaults={
            "kind": kind,
            "texts": said,
            "changed_at": timezone.now(),
            "changed_by": by.person,
            "archived_at": None,
        },
    )
    _record(code, "kept", by=by)
    return kept


@transaction.atomic
def archive_reason(reason: Reason, *, by: Actor) -> None:
    """It is offered no more; what was decided with it keeps its words. Also for what is delivered."""
    now = timezone.now()
    ReasonTemplate.objects.update_or_create(
        insurer=by.insurer,
        code=reason.code,
        defaults={"changed_at": now, "changed_by": by.person, "archived_at": now},
        create_defaults={
            "kind": reason.kind,
            "texts": reason.texts,
            "changed_at": now,
            "changed_by": by.person,
            "archived_at": now,
        },
    )
    _record(reason.code, "archived", by=by)


@transaction.atomic
def restore_reason(reason: Reason, *, by: Actor) -> None:
    """It is offered again; what is delivered gets its delivered words back."""
    rows = ReasonTemplate.objects.filter(insurer=by.insurer, code=reason.code)
    if reason.code in DELIVERED_TEXTS:
        rows.delete()
    else:
        rows.update(archived_at=None, changed_at=timezone.now(), changed_by=by.person)
    _record(reason.code, "restored", by=by)


def _record(code: str, act: str, *, by: Actor) -> None:
    audit.record(f"reason.{act}", insurer_id=by.insurer.pk, by=by.who, on="reason", object_id=code)
