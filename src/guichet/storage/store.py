"""The door to stored bytes: put, open, read, destroy. Everything is encrypted from the first byte."""

from __future__ import annotations

import contextlib
import functools
import io
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from guichet.storage import cipher
from guichet.storage.backends import Backend, LocalBackend
from guichet.storage.errors import Corrupt, Destroyed, NotHolder, Unfinished
from guichet.storage.keystore import KeyStore, master_key
from guichet.storage.models import StoredObject

if TYPE_CHECKING:
    from datetime import timedelta

    from guichet.tenancy.models import Insurer


def put(
    source: BinaryIO | bytes,
    *,
    insurer: Insurer,
    limit: int,
    chunk_size: int = cipher.CHUNK_SIZE,
    holder: str = "",
) -> StoredObject:
    """Keep the source's bytes for good; key and bytes are on disk when this returns, the row with the transaction.

    `limit` is in bytes, and no more than one byte beyond it is read. `holder` is for whom the key is wrapped (see
    `custody`). Raises `TooLarge`; whatever is raised, nothing stays behind. If the transaction fails later,
    `sweep_orphans` removes key and bytes.
    """
    intake = cipher.Intake(io.BytesIO(source) if isinstance(source, bytes) else source, limit)
    binding = cipher.Binding(insurer.pk, uuid.uuid4())
    try:
        key, key_id = key_store().create(insurer.pk, binding.object_id, holder=holder)
        backend().write(insurer.pk, binding.object_id, cipher.seal(intake, key, binding, chunk_size))
        return StoredObject.objects.create(
            id=binding.object_id,
            insurer=insurer,
            size=intake.size,
            sha256=intake.sha256,
            chunk_size=chunk_size,
            key_id=key_id,
            algorithm=cipher.ALGORITHM,
            holder=holder,
        )
    except BaseException:
        with contextlib.suppress(OSError):  # the sweep comes back to it
            forget(insurer.pk, binding.object_id)
        raise


def open_object(obj: StoredObject, *, holder: str = "") -> BinaryIO:
    """The clear bytes, seekable, decrypted as they are read; close it. `holder` is who asks (see `custody`).

    Raises `Destroyed`, `NotHolder`, `Unfinished`, and `Corrupt` here or while reading if one bit is not what was put.
    """
    if obj.unfinished:
        raise Unfinished(str(obj.pk))
    return open_sealed(obj, key_of(obj, holder=holder))


def key_of(obj: StoredObject, *, holder: str) -> bytes:
    """The object's key for its holder: the row says who that is now, and the key store must agree.

    Where a hand-over was committed and its process died before the key was wrapped anew, that is done now. So is the
    way back where a restored database knows nothing of a hand-over: otherwise nobody could open it again.
    """
    if obj.destroyed_at:
        raise Destroyed(str(obj.pk))
    if not holder and not obj.holder:
        try:
            return key_store().read(obj.insurer_id, obj.pk)
        except NotHolder:
            pass  # the row that was read is older than the hand-over
    _demand_holder(obj, holder)
    try:
        return key_store().read(obj.insurer_id, obj.pk, holder=holder)
    except NotHolder:
        _demand_holder(obj, holder)  # a key is wrapped after the commit: handed over between the two questions, or not
        key_store().take_over(obj.insurer_id, obj.pk, to=holder)
        return key_store().read(obj.insurer_id, obj.pk, holder=holder)


def _demand_holder(obj: StoredObject, holder: str) -> None:
    """The row as it is now. Raises `NotHolder`."""
    if StoredObject.objects.only("holder").get(pk=obj.pk).holder != holder:
        raise NotHolder(str(obj.pk))


def read_range(obj: StoredObject, start: int, length: int, *, holder: str = "") -> memoryview:
    """These clear bytes and no others. Raises as `open_object` does, `Corrupt` for what lies beyond the end."""
    if obj.unfinished:
        raise Unfinished(str(obj.pk))
    file = _sealed(obj, key_of(obj, holder=holder))
    try:
        return file.range(start, length)
    finally:
        file.close()


def open_sealed(obj: StoredObject, key: bytes) -> BinaryIO:
    """The clear bytes by a key that was asked for; see `open_object`."""
    return io.BufferedReader(cipher.SealedReader(_sealed(obj, key)))


def _sealed(obj: StoredObject, key: bytes) -> cipher.SealedFile:
    try:
        file = backend().open(obj.insurer_id, obj.pk)
    except FileNotFoundError:
        raise Corrupt(f"{obj.pk}: its bytes are lost") from None
    try:
        return cipher.SealedFile(
            file, key, binding_of(obj), size=obj.size, chunk_size=obj.chunk_size, algorithm=obj.algorithm
        )
    except Corrupt:
        file.close()
        raise


def binding_of(obj: StoredObject) -> cipher.Binding:
    """What its chunks were sealed for: itself, or what it was at the insurer it came from."""
    return cipher.Binding(obj.bound_insurer or obj.insurer_id, obj.bound_object or obj.pk)


def read(obj: StoredObject, *, holder: str = "") -> bytes:
    """All clear bytes of an object. Raises as `open_object` does."""
    with open_object(obj, holder=holder) as file:
        return file.read(obj.size or -1)  # a named length is read where it is kept; the rest, even if empty, is checked


def destroy(obj: StoredObject) -> None:
    """Make the bytes unreadable for ever: the row says so now, key and bytes go when the transaction commits."""
    now = timezone.now()
    if StoredObject.objects.filter(pk=obj.pk, destroyed_at=None).update(destroyed_at=now):
        obj.destroyed_at = now
    else:
        obj.refresh_from_db(fields=["destroyed_at"])
    transaction.on_commit(functools.partial(forget, obj.insurer_id, obj.pk))


def rotate_key(insurer: Insurer) -> str:
    """Give the insurer a new key and wrap all its objects' keys with it; returns the new key's id."""
    key_id = key_store().rotate(insurer.pk)
    StoredObject.objects.filter(insurer=insurer, destroyed_at=None).update(key_id=key_id)
    return key_id


def retire_keys(insurer: Insurer, *, older_than: timedelta) -> list[str]:
    """Shred the insurer's former keys of more than this age that wrap nothing any more; returns their ids."""
    return key_store().retire(insurer.pk, older_than=older_than)


def forget(insurer_id: int, object_id: uuid.UUID) -> None:
    """Shred the key, then remove the bytes. Nothing happens to what is gone."""
    key_store().shred(insurer_id, object_id)
    backend().delete(insurer_id, object_id)


def backend() -> Backend:
    """Where the bytes of this installation lie."""
    return _backend(settings.STORAGE_ROOT)


def key_store() -> KeyStore:
    """Where the keys of this installation lie."""
    return _key_store(settings.KEY_STORE, settings.MASTER_KEY, settings.DEMO)


@functools.cache
def _backend(root: Path | str) -> Backend:
    return LocalBackend(Path(root))


@functools.cache
def _key_store(root: Path | str, *_master: object) -> KeyStore:
    """What the master key is read from decides, too; it is read once, not for every object."""
    return KeyStore(Path(root), master_key())
