"""What belongs to no invoice and is no longer needed: files nobody confirmed, acts of representation (INV-27)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from guichet import audit, storage
from guichet.invoices.models import ImportRun, ImportState, Representation
from guichet.invoices.queries import leftovers as queries

if TYPE_CHECKING:
    from datetime import datetime

    from guichet.audit import Who
    from guichet.tenancy.models import Insurer

EMPTY_RUN: Final[dict[str, Any]] = {"file_name": "—", "reason": ""}
_AT_ONCE: Final = 5_000  # rows of one run; the next night takes the rest


def run(insurer: Insurer, *, now: datetime, who: Who) -> int:
    """Take what has reached its time; answers how many rows went or were emptied."""
    done = 0
    for key in _keys(queries.abandoned_files(insurer, now)):
        done += _put_away(insurer, key, now=now, who=who)
    for key in _keys(queries.files_without_invoices(insurer, now)):
        done += _empty(insurer, key, now=now, who=who)
    for key in _keys(queries.ended_representations(insurer, now)):
        done += _forget(insurer, key, now=now, who=who)
    return done


def _keys(rows: Any) -> list[Any]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE])


@transaction.atomic
def _put_away(insurer: Insurer, key: Any, *, now: datetime, who: Who) -> bool:
    """A file read and never confirmed: what was read of it is destroyed."""
    found = queries.abandoned_files(insurer, now).select_for_update(of=("self",)).filter(pk=key).first()
    if found is None:
        return False
    stored = found.plan
    ImportRun.objects.filter(pk=key).update(state=ImportState.DISCARDED, plan=None, **EMPTY_RUN)
    if stored is not None:
        storage.destroy(stored)
    _record(insurer, "import.abandoned_erased", "import", key, who=who)
    return True


@transaction.atomic
def _empty(insurer: Insurer, key: Any, *, now: datetime, who: Who) -> bool:
    """The name of a file of which no invoice is left."""
    rows = queries.files_without_invoices(insurer, now).filter(pk=key)
    if not rows.update(**EMPTY_RUN):
        return False
    _record(insurer, "import.erased", "import", key, who=who)
    return True


@transaction.atomic
def _forget(insurer: Insurer, key: Any, *, now: datetime, who: Who) -> bool:
    """A representation that was refused, or of whose person nothing was sent for as long as money is kept."""
    found = queries.ended_representations(insurer, now).select_for_update(of=("self",)).filter(pk=key).first()
    if found is None:
        return False
    _record(insurer, "representation.erased", "representation", key, who=who, subject=found.avs_number)
    proof = found.proof
    Representation.objects.filter(pk=key).delete()
    storage.destroy(proof)
    return True


def _record(insurer: Insurer, act: str, on: str, key: Any, *, who: Who, subject: str = "") -> None:
    audit.record(act, insurer_id=insurer.pk, by=who, on=on, object_id=str(key), subject=subject)
