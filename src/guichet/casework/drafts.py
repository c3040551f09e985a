"""Saving what is being typed: silent, frequent, never over somebody else's words (FRM-02)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from guichet import audit
from guichet.casework.errors import NotEditable, Stale
from guichet.casework.models import Case

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from guichet.accounts.access import Actor
    from guichet.formspec.reading import Raw

C = TypeVar("C", bound=Case)


@transaction.atomic
def save(case: C, *, raw: Raw, draft_no: int, editable: Collection[str], by: Actor) -> int:
    """Store what was typed and return the new number of the draft.

    Raises `Stale` if the draft was saved elsewhere since `draft_no`, `NotEditable` if it was sent or decided.
    Saving the same words again changes nothing, also if the silent saving and a button sent them at once.
    """
    if case.draft_no == draft_no and case.raw == raw:
        return draft_no
    table = type(case)._default_manager.filter(pk=case.pk, status__in=list(editable))  # noqa: SLF001 -- Django's name
    changed = table.filter(draft_no=draft_no).update(
        raw=raw, draft_no=F("draft_no") + 1, modified_at=timezone.now(), responsible=by.person
    )
    if not changed:
        return _saved_already(case, table, raw)
    audit.record(
        f"{case._meta.model_name}.draft_saved",  # noqa: SLF001 -- Django's name
        insurer_id=case.insurer_id,
        by=by.who,
        on=str(case._meta.model_name),  # noqa: SLF001
        object_id=str(case.pk),
        detail={"draft_no": draft_no + 1},
    )
    case.raw, case.draft_no = raw, draft_no + 1
    return case.draft_no


def _saved_already(case: C, table: QuerySet[C], raw: Raw) -> int:
    """The number under which these very words are saved. Raises `Stale` or `NotEditable`."""
    saved = table.values_list("draft_no", "raw").first()
    if saved is None:
        raise NotEditable
    if saved[1] != raw:
        raise Stale
    case.draft_no, case.raw = saved
    return case.draft_no
