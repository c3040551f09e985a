"""Bytes whose transaction failed, and bytes whose destruction was interrupted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from guichet.storage.models import StoredObject
from guichet.storage.store import backend, forget, key_store
from guichet.tenancy.context import tenant
from guichet.tenancy.models import Insurer

if TYPE_CHECKING:
    from uuid import UUID

SHORTEST: Final = timedelta(hours=1)  # no transaction lasts longer; what is younger may still be committed
_BATCH: Final = 1000


def sweep_orphans(*, older_than: timedelta) -> int:
    """Shred what lies on disk, older than this, without a living row; returns how many objects went.

    After a database was restored from a backup, everything put since then has no row: run this only once the
    backup has proved to be the right one. Raises `ValueError` below one hour.
    """
    if older_than < SHORTEST:
        raise ValueError(f"older_than must be at least {SHORTEST}")
    before = (timezone.now() - older_than).timestamp()
    return sum(_sweep(insurer_id, before) for insurer_id in Insurer.objects.order_by("pk").values_list("pk", flat=True))


def _sweep(insurer_id: int, before: float) -> int:
    on_disk = {
        *backend().objects(insurer_id, before=before),
        *key_store().objects(insurer_id, before=before),
    }
    swept = 0
    ordered = sorted(on_disk)
    for start in range(0, len(ordered), _BATCH):
        for orphan in _without_row(insurer_id, set(ordered[start : start + _BATCH])):
            forget(insurer_id, orphan)
            swept += 1
    return swept


def _without_row(insurer_id: int, object_ids: set[UUID]) -> set[UUID]:
    with tenant(insurer_id):
        living = StoredObject.objects.filter(pk__in=object_ids, destroyed_at=None)
        return object_ids - set(living.values_list("pk", flat=True))
