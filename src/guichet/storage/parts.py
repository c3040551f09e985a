"""Uploads in parts of 8 MiB, sealed as they arrive: what is on disk survives any death of server or client (REC-03).

The caller counts: a part is acknowledged once its own row says so, in the transaction that calls `Part.write`. A part
that was written and never acknowledged is simply written again, sealed with a new nonce. While its bytes arrive nothing
is written and nothing locked: somebody on a slow line holds up nobody, and of two who send the same part the one whose
transaction has the row writes.

The checksum of the whole is made by reading the sealed parts once, when all are there. A running state kept beside each
part would save that reading, but Python offers none that can be put away, and a reading also proves that what lies on
the disk can be opened.
"""

from __future__ import annotations

import contextlib
import hashlib
import uuid
from typing import TYPE_CHECKING

from guichet.storage import cipher
from guichet.storage.errors import Destroyed, OtherContent
from guichet.storage.models import StoredObject
from guichet.storage.store import backend, binding_of, forget, key_of, key_store, open_sealed

if TYPE_CHECKING:
    from guichet.tenancy.models import Insurer


def begin(*, insurer: Insurer, size: int, holder: str = "") -> StoredObject:
    """A place for `size` bytes; its key is on disk before the first of them. Raises `ValueError` for an empty one."""
    if size < 1:
        raise ValueError("an upload has at least one byte")
    object_id = uuid.uuid4()
    try:
        key_id = key_store().create(insurer.pk, object_id, holder=holder)[1]
        return StoredObject.objects.create(
            id=object_id,
            insurer=insurer,
            size=size,
            sha256="",
            chunk_size=cipher.PART_SIZE,
            key_id=key_id,
            algorithm=cipher.PARTS,
            holder=holder,
            unfinished=True,
        )
    except BaseException:
        with contextlib.suppress(OSError):  # the sweep comes back to it
            forget(insurer.pk, object_id)
        raise


def part_length(obj: StoredObject, offset: int) -> int:
    """Bytes of the part that begins at this offset."""
    return min(obj.chunk_size, obj.size - offset)


class Part:
    """One part on its way: sealed while it arrives, written when it is whole.

    Raises `ValueError` for a place where no part begins or a part of another length, and as `open_object` does.
    """

    def __init__(self, obj: StoredObject, length: int, *, offset: int, holder: str = "") -> None:
        if not obj.unfinished or offset % obj.chunk_size or length != part_length(obj, offset) or not length:
            raise ValueError(f"no part of {length} bytes begins at {offset}")
        self._obj, self._index = obj, offset // obj.chunk_size
        self.offset, self.following = offset, offset + length
        if obj.destroyed_at:
            raise Destroyed(str(obj.pk))
        # Nothing is read with it, so the key store alone may say who holds it; the caller's row says whether it counts.
        key, last = key_store().read(obj.insurer_id, obj.pk, holder=holder), self.following == obj.size
        self._seal = cipher.PartSeal(length, key, binding_of(obj), self._index, last=last)

    @property
    def missing(self) -> int:
        """Bytes still to come."""
        return self._seal.missing

    def add(self, piece: bytes) -> None:
        """The bytes that follow. Raises `ValueError` if they are more than the part has."""
        self._seal.add(piece)

    def write(self) -> None:
        """Put it where it belongs; on disk when this returns. Raises `ValueError` while bytes are missing."""
        place = cipher.part_place(self._index, self._obj.chunk_size)
        backend().write_at(self._obj.insurer_id, self._obj.pk, place, self._seal.finish())
        self._seal.release()


def checksum(obj: StoredObject, *, holder: str = "") -> str:
    """SHA-256 of all parts, hexadecimal, by reading them back. Raises `Corrupt` if one is missing or torn."""
    digest = hashlib.sha256()
    with open_sealed(obj, key_of(obj, holder=holder)) as file:
        while piece := file.read(cipher.PART_SIZE):
            digest.update(piece)
    return digest.hexdigest()


def finish(obj: StoredObject, *, sha256: str, expected: str = "") -> None:
    """All parts are there and make this checksum: from now on an object like any other.

    `expected` is what the sender computed. Raises `OtherContent` if they differ, `Destroyed` if it was given up.
    """
    if expected and expected != sha256:
        raise OtherContent(str(obj.pk))
    waiting = StoredObject.objects.filter(pk=obj.pk, unfinished=True, destroyed_at=None)
    if not waiting.update(unfinished=False, sha256=sha256):
        raise Destroyed(str(obj.pk))
    obj.unfinished, obj.sha256 = False, sha256
