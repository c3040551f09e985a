"""Put, open, read, destroy: with the database, the directory and the key store as they are in production."""

import hashlib
import io
import os
import random
import time
import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from guichet import storage
from guichet.storage.models import StoredObject
from guichet.storage.store import key_store
from guichet.tenancy.context import tenant

pytestmark = pytest.mark.django_db

LIMIT = 5_000_000


@pytest.fixture
def work(insurer):
    """Work for the insurer."""
    with tenant(insurer.pk):
        yield insurer


def files(root):
    return sorted(path for path in (root / "objects").glob("*/*/*") if path.is_file())


def key_files(root):
    return sorted((root / "keys").glob("*/objects/*/*"))


def noise(size):
    return random.Random(size).randbytes(size)


@pytest.mark.parametrize("size", [0, 1, 200_000, 1_048_576, 2_500_000])
def test_store_gives_back_what_was_put(work, size):
    obj = storage.put(noise(size), insurer=work, limit=LIMIT)
    kept = StoredObject.objects.get(pk=obj.pk)
    assert (kept.size, kept.sha256) == (size, hashlib.sha256(noise(size)).hexdigest())
    assert (kept.algorithm, kept.chunk_size, kept.key_id) == ("aes256gcm-v1", 1_048_576, key_store().current(work.pk))
    assert storage.read(kept) == noise(size)


def test_store_takes_a_stream_and_reads_any_range(work):
    obj = storage.put(io.BytesIO(noise(300_000)), insurer=work, limit=LIMIT, chunk_size=65_536)
    with storage.open_object(obj) as file:
        file.seek(131_000)
        assert file.read(100_000) == noise(300_000)[131_000:231_000]


def test_store_keeps_nothing_in_the_clear(work, own_store):
    text = "Rapport médical de Nora Exemple".encode()
    obj = storage.put(text * 1000, insurer=work, limit=LIMIT)
    key = key_store().read(work.pk, obj.pk)
    everything = b"".join(path.read_bytes() for path in own_store.rglob("*") if path.is_file())
    assert (text in everything, key in everything) == (False, False)


def test_store_refuses_what_is_larger_than_the_limit_and_keeps_nothing(work, own_store):
    with pytest.raises(storage.TooLarge):
        storage.put(b"x" * 101, insurer=work, limit=100)
    assert (files(own_store), key_files(own_store), StoredObject.objects.count()) == ([], [], 0)


def test_store_keeps_nothing_when_the_row_is_refused(insurer, own_store):
    with pytest.raises(DatabaseError), transaction.atomic():
        storage.put(b"x", insurer=insurer, limit=10)  # no tenant: row-level security refuses the row
    assert (files(own_store), key_files(own_store)) == ([], [])


@pytest.mark.proves("SEC-03")
def test_store_row_is_invisible_to_another_insurer(work, other_insurer):
    obj = storage.put(b"x", insurer=work, limit=10)
    with tenant(other_insurer.pk):
        assert StoredObject.objects.filter(pk=obj.pk).count() == 0
    assert StoredObject.objects.filter(pk=obj.pk).count() == 1


def test_store_destroys_key_and_bytes_when_the_transaction_commits(work, own_store, django_capture_on_commit_callbacks):
    obj = storage.put(b"secret", insurer=work, limit=10)
    with django_capture_on_commit_callbacks(execute=True):
        storage.destroy(obj)
        assert len(key_files(own_store)) == 1
    assert (files(own_store), key_files(own_store)) == ([], [])
    assert (obj.destroyed_at is None, StoredObject.objects.get(pk=obj.pk).destroyed_at) == (False, obj.destroyed_at)
    with pytest.raises(storage.Destroyed):
        storage.read(obj)


def test_store_keeps_the_object_when_its_destruction_is_rolled_back(work):
    obj = storage.put(b"kept", insurer=work, limit=10)
    with transaction.atomic():
        storage.destroy(obj)
        transaction.set_rollback(True)
    assert storage.read(StoredObject.objects.get(pk=obj.pk)) == b"kept"


def test_store_destroys_once(work, django_capture_on_commit_callbacks):
    obj = storage.put(b"x", insurer=work, limit=10)
    stale = StoredObject.objects.get(pk=obj.pk)
    with django_capture_on_commit_callbacks(execute=True):
        storage.destroy(obj)
    storage.destroy(stale)
    assert stale.destroyed_at == obj.destroyed_at


def test_store_bytes_restored_from_a_backup_stay_unreadable(work, own_store, django_capture_on_commit_callbacks):
    obj = storage.put(b"secret", insurer=work, limit=10)
    former_row = StoredObject.objects.get(pk=obj.pk)
    path = files(own_store)[0]
    backup = path.read_bytes()
    with django_capture_on_commit_callbacks(execute=True):
        storage.destroy(obj)
    path.write_bytes(backup)
    with pytest.raises(storage.Destroyed):
        storage.read(former_row)


def test_store_names_what_is_damaged_or_lost(work, own_store):
    obj = storage.put(noise(1000), insurer=work, limit=LIMIT)
    path = files(own_store)[0]
    content = bytearray(path.read_bytes())
    content[500] ^= 1
    path.write_bytes(content)
    with pytest.raises(storage.Corrupt):
        storage.read(obj)
    path.write_bytes(content[:-1])
    with pytest.raises(storage.Corrupt):
        storage.open_object(obj)
    path.unlink()
    with pytest.raises(storage.Corrupt):
        storage.open_object(obj)


def test_store_reads_everything_after_a_rotation_of_the_insurers_key(work):
    objects = [storage.put(noise(size), insurer=work, limit=LIMIT) for size in (10, 20)]
    fresh = storage.rotate_key(work)
    kept = StoredObject.objects.order_by("size")
    assert [(obj.key_id, storage.read(obj)) for obj in kept] == [(fresh, noise(10)), (fresh, noise(20))]
    assert objects[0].key_id != fresh


def age(root, days):
    """Let everything on disk be this old."""
    then = time.time() - days * 86_400
    for path in root.rglob("*"):
        os.utime(path, (then, then))


def test_sweep_shreds_what_lies_on_disk_without_a_row(work, other_insurer, own_store):
    kept = storage.put(b"kept", insurer=work, limit=10)
    with tenant(other_insurer.pk):
        foreign = storage.put(b"foreign", insurer=other_insurer, limit=10)
    with transaction.atomic():
        storage.put(b"orphan", insurer=work, limit=10)
        transaction.set_rollback(True)
    key_store().create(work.pk, uuid.uuid4())  # the process died before the bytes
    age(own_store, days=2)
    young = storage.put(b"young", insurer=work, limit=10)
    key_store().create(work.pk, uuid.uuid4())
    assert storage.sweep_orphans(older_than=timedelta(days=1)) == 2
    assert (len(files(own_store)), len(key_files(own_store))) == (3, 4)
    assert [storage.read(obj) for obj in (kept, foreign, young)] == [b"kept", b"foreign", b"young"]


def test_sweep_finishes_a_destruction_that_was_interrupted(work, own_store):
    obj = storage.put(b"x", insurer=work, limit=10)
    storage.destroy(obj)  # the process dies between the commit and the shredding
    age(own_store, days=2)
    assert storage.sweep_orphans(older_than=timedelta(days=1)) == 1
    assert (files(own_store), key_files(own_store)) == ([], [])


def test_sweep_never_touches_what_may_still_be_committed():
    with pytest.raises(ValueError, match="at least"):
        storage.sweep_orphans(older_than=timedelta(minutes=59))


def test_sweep_is_a_nightly_task(work, own_store):
    from guichet.storage.tasks import sweep_storage

    key_store().create(work.pk, uuid.uuid4())
    age(own_store, days=8)
    sweep_storage(timestamp=0)
    assert key_files(own_store) == []
