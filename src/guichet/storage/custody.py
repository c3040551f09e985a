"""Whose key opens an object: handed from an expert to the office, and from one office to another (REC-04, REC-07).

A holder is a word of the caller's (`affiliation holder`), at most 36 letters; nobody named is the insurer itself. Only
who names the holder reads, whatever a view above allows: the row is asked, and the key store, where the key is wrapped
by a key derived for that holder.

Another insurer gets the sealed bytes as they are (a second name, no copy) and the key wrapped by its own key. The
chunks stay bound to what they were sealed for; the new row remembers it. Sealing two gigabytes again would cost
minutes, a
second copy and a moment in which both exist, and would prove nothing more: a chunk still opens only with its own
key, at its own place, for the object whose row names it.
"""

from __future__ import annotations

import functools
import uuid
from typing import TYPE_CHECKING

from django.db import transaction

from guichet.storage.errors import Corrupt, NotHolder, Unfinished
from guichet.storage.models import StoredObject
from guichet.storage.store import backend, destroy, forget, key_of, key_store
from guichet.tenancy.context import tenant

if TYPE_CHECKING:
    from guichet.tenancy.models import Insurer


def hand_over(obj: StoredObject, *, holder: str, to: str = "") -> None:
    """From now on only `to` reads it: the row says so now, the key is wrapped anew when the transaction commits.

    Raises `NotHolder` if it is not this holder's (any more).
    """
    if not StoredObject.objects.filter(pk=obj.pk, holder=holder, destroyed_at=None).update(holder=to):
        raise NotHolder(str(obj.pk))
    obj.holder = to
    transaction.on_commit(functools.partial(_wrap_anew, obj.insurer_id, obj.pk, to))


def _wrap_anew(insurer_id: int, object_id: uuid.UUID, to: str) -> None:
    key_store().take_over(insurer_id, object_id, to=to)


def move(obj: StoredObject, *, to: Insurer, holder: str = "") -> StoredObject:
    """Give an object to another insurer: a new row there, the same sealed bytes, the key wrapped by that insurer's key.

    The old row counts as destroyed and its key is shredded when the transaction commits. If the transaction fails,
    the sweep removes what lies at the other insurer. Raises as `open_object` does.
    """
    if obj.unfinished:
        raise Unfinished(str(obj.pk))
    key = key_of(obj, holder=holder)
    object_id = uuid.uuid4()
    try:
        key_id = key_store().keep(to.pk, object_id, key)[1]
        backend().share(obj.insurer_id, obj.pk, to=(to.pk, object_id))
    except FileNotFoundError:
        forget(to.pk, object_id)
        raise Corrupt(f"{obj.pk}: its bytes are lost") from None
    with tenant(to.pk):
        moved = StoredObject.objects.create(
            id=object_id,
            insurer=to,
            size=obj.size,
            sha256=obj.sha256,
            chunk_size=obj.chunk_size,
            key_id=key_id,
            algorithm=obj.algorithm,
            bound_insurer=obj.bound_insurer or obj.insurer_id,
            bound_object=obj.bound_object or obj.pk,
        )
    destroy(obj)
    return moved
