"""An object written piece by piece, of a length nobody knows yet: what a converter puts out while it works."""

from __future__ import annotations

import contextlib
import hashlib
import uuid
from typing import TYPE_CHECKING, Final, Self

from guichet.storage import cipher
from guichet.storage.errors import TooLarge
from guichet.storage.models import StoredObject
from guichet.storage.store import backend, forget, key_store

if TYPE_CHECKING:
    from types import TracebackType

    from guichet.tenancy.models import Insurer


_AT_ONCE: Final = 1024 * 1024  # sealed bytes


class Writer:
    """`with Writer(…) as out: out.write(…); obj = out.keep()`. What is not kept leaves nothing behind.

    Only the row is the database's; the bytes may be written outside of any transaction, however long it takes.
    """

    def __init__(self, *, insurer: Insurer, limit: int, holder: str = "", chunk_size: int = cipher.CHUNK_SIZE) -> None:
        self._insurer, self._limit, self._holder, self._chunk_size = insurer, limit, holder, chunk_size
        self._binding = cipher.Binding(insurer.pk, uuid.uuid4())
        self._waiting = bytearray()
        self._sealed = bytearray()  # chunks that wait for the disk: small ones are not synced one by one
        self._parts = self._place = 0
        self._digest = hashlib.sha256()
        self._kept = False
        self.size = 0

    def __enter__(self) -> Self:
        self._key, self._key_id = key_store().create(self._insurer.pk, self._binding.object_id, holder=self._holder)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._kept:
            with contextlib.suppress(OSError):  # the sweep comes back to it
                forget(self._insurer.pk, self._binding.object_id)

    def write(self, data: bytes) -> int:
        """Take the bytes; whole chunks are sealed at once, and on disk by the megabyte. Raises `TooLarge`."""
        self.size += len(data)
        if self.size > self._limit:
            raise TooLarge(self._limit)
        self._digest.update(data)
        self._waiting += data
        while len(self._waiting) > self._chunk_size:  # the last chunk, however long, waits for `keep`
            self._seal(bytes(self._waiting[: self._chunk_size]), last=False)
            del self._waiting[: self._chunk_size]
        return len(data)

    def keep(self) -> StoredObject:
        """All is written: the row, in the running transaction. If that fails, `sweep_orphans` removes the rest."""
        self._seal(bytes(self._waiting), last=True)
        self._put()
        self._kept = True
        return StoredObject.objects.create(
            id=self._binding.object_id,
            insurer=self._insurer,
            size=self.size,
            sha256=self._digest.hexdigest(),
            chunk_size=self._chunk_size,
            key_id=self._key_id,
            algorithm=cipher.PARTS,
            holder=self._holder,
        )

    def _seal(self, data: bytes, *, last: bool) -> None:
        self._sealed += cipher.seal_part(data, self._key, self._binding, self._parts, last=last)
        self._parts += 1
        if len(self._sealed) >= _AT_ONCE:
            self._put()

    def _put(self) -> None:
        if self._sealed:
            backend().write_at(self._insurer.pk, self._binding.object_id, self._place, self._sealed)
            self._place += len(self._sealed)
            self._sealed = bytearray()
