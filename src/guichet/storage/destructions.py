"""Destroying for ever, and doing it again after a restore (REC-15).

Whoever restores a backup brings destroyed keys and rows back. The list (`destruction_list`) survives the restore, and
`replay` shreds again before anybody is served.
"""

from __future__ import annotations

import functools
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone

from guichet.storage.destruction_list import Listed, Place, enlist, is_there, listed
from guichet.storage.models import StoredObject
from guichet.storage.store import destroy, forget
from guichet.tenancy.context import tenant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


@dataclass(frozen=True)
class Replayed:
    """How many objects are listed, how many of them were there again, how many things lost their rows' content."""

    listed: int
    shredded: int
    emptied: int


_again: dict[str, Callable[[int, str, str], bool]] = {}
_stands: dict[str, Callable[[int, Sequence[str]], int]] = {}
_BATCH: Final = 500


def on_replay(
    kind: str,
    empty: Callable[[int, str, str], bool],
    *,
    standing: Callable[[int, Sequence[str]], int] = lambda _insurer_id, _ids: 0,
) -> None:
    """What a system does about `kind:<id>` of a restored database: empty(insurer id, id, moment) → whether it did.

    standing(insurer id, ids) → how many of them have content again.
    """
    _again[kind], _stands[kind] = empty, standing


def destroy_for_ever(objects: Iterable[StoredObject], *, about: str, former: Sequence[Place] = ()) -> None:
    """Destroy objects so that no restored backup brings them back; `former` are the places they once had.

    Rows say so now; with the commit they are listed first, then keys and bytes go.
    """
    objects, places = list(objects), list(former)
    for obj in objects:
        places.append((obj.insurer_id, obj.pk))
        if obj.bound_insurer is not None and obj.bound_object is not None:
            places.append((obj.bound_insurer, obj.bound_object))
    if not places:
        return
    transaction.on_commit(functools.partial(enlist, places, about=about))
    for obj in objects:
        destroy(obj)


def replay() -> Replayed:
    """Shred again whatever a restore brought back: keys, bytes, rows. May be repeated. Raises `Corrupt`."""
    lines, shredded = listed(), 0
    for one in lines:
        if is_there(one):
            forget(one.insurer, uuid.UUID(one.object))
            shredded += 1
        with tenant(one.insurer):
            living = StoredObject.objects.filter(pk=one.object, destroyed_at=None)
            living.update(destroyed_at=timezone.now())
    emptied = sum(_empty(insurer, about, at) for (insurer, about), at in _things(lines).items())
    return Replayed(len(lines), shredded, emptied)


def brought_back() -> int:
    """How much of what is listed a restore brought back: keys, bytes, rows. 0: somebody may be served."""
    lines = listed()
    found = sum(is_there(one) for one in lines)
    for insurer_id in sorted({one.insurer for one in lines}):
        mine = [one for one in lines if one.insurer == insurer_id]
        with tenant(insurer_id):
            for start in range(0, len(mine), _BATCH):
                batch = [one.object for one in mine[start : start + _BATCH]]
                found += StoredObject.objects.filter(pk__in=batch, destroyed_at=None).count()
            found += _standing(insurer_id, sorted({one.about for one in mine}))
    return found


def _standing(insurer_id: int, things: list[str]) -> int:
    found = 0
    for kind, count in _stands.items():
        ids = [thing.partition(":")[2] for thing in things if thing.startswith(f"{kind}:")]
        for start in range(0, len(ids), _BATCH):
            found += count(insurer_id, ids[start : start + _BATCH])
    return found


def _things(lines: list[Listed]) -> dict[tuple[int, str], str]:
    return {(one.insurer, one.about): one.at for one in lines}


def _empty(insurer_id: int, about: str, at: str) -> bool:
    kind, _colon, thing = about.partition(":")
    if kind not in _again:
        return False
    with tenant(insurer_id), transaction.atomic():
        return _again[kind](insurer_id, thing, at)
