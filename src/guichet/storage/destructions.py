"""Destroying for ever, and doing it again after a restore (REC-15).

Whoever restores a backup brings destroyed keys and rows back. The list (`destruction_list`) survives the restore, and
`replay` shreds again before anybody is served.
"""

from __future__ import annotations

import functools
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

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


def on_replay(kind: str, empty: Callable[[int, str, str], bool]) -> None:
    """What a system does about `kind:<id>` of a restored database: empty(insurer id, id, moment) → whether it did."""
    _again[kind] = empty


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


def _things(lines: list[Listed]) -> dict[tuple[int, str], str]:
    return {(one.insurer, one.about): one.at for one in lines}


def _empty(insurer_id: int, about: str, at: str) -> bool:
    kind, _colon, thing = about.partition(":")
    if kind not in _again:
        return False
    with tenant(insurer_id), transaction.atomic():
        return _again[kind](insurer_id, thing, at)
