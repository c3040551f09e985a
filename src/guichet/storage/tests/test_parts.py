"""Uploads in parts: any death in between, any order, and what comes out is what went in."""

import hashlib
import random

import pytest

from guichet import storage
from guichet.storage import cipher
from guichet.storage.backends import LocalBackend, MemoryBackend
from guichet.storage.models import StoredObject
from guichet.storage.parts import begin
from guichet.storage.store import backend
from guichet.tenancy.context import tenant

pytestmark = pytest.mark.django_db

PART = 1024


@pytest.fixture
def work(insurer, monkeypatch):
    """Work for the insurer, in parts of one kilobyte."""
    monkeypatch.setattr(cipher, "PART_SIZE", PART)
    with tenant(insurer.pk):
        yield insurer


def noise(size):
    return random.Random(size).randbytes(size)


def write(obj, data, *, offset, **options):
    """A part that arrives in three pieces."""
    part, third = storage.Part(obj, len(data), offset=offset, **options), len(data) // 3
    for piece in (data[:third], data[third : 2 * third], data[2 * third :]):
        part.add(piece)
    part.write()
    return part.following


def arrived(work, data, **options):
    obj = begin(insurer=work, size=len(data), **options)
    offset = 0
    while offset < len(data):
        piece = data[offset : offset + storage.part_length(obj, offset)]
        offset = write(obj, piece, offset=offset, **options)
    return obj


@pytest.mark.parametrize("size", [1, PART - 1, PART, PART + 1, 3 * PART, 3 * PART + 7])
@pytest.mark.proves("REC-03")
def test_parts_give_back_what_was_sent(work, size):
    data = noise(size)
    obj = arrived(work, data)
    digest = storage.checksum(obj)
    storage.finish(obj, sha256=digest, expected=hashlib.sha256(data).hexdigest())
    kept = StoredObject.objects.get(pk=obj.pk)
    assert (kept.sha256, kept.unfinished, storage.read(kept)) == (hashlib.sha256(data).hexdigest(), False, data)


def test_parts_are_read_from_any_byte(work):
    data = noise(5000)
    obj = arrived(work, data)
    storage.finish(obj, sha256=storage.checksum(obj))
    with storage.open_object(obj) as file:
        file.seek(1000)
        assert file.read(2200) == data[1000:3200]


def test_parts_unfinished_are_not_read(work):
    obj = arrived(work, noise(2000))
    with pytest.raises(storage.Unfinished):
        storage.open_object(obj)


def test_parts_missing_are_noticed(work):
    obj = begin(insurer=work, size=3 * PART)
    write(obj, noise(PART), offset=0)
    with pytest.raises(storage.Corrupt):
        storage.checksum(obj)


def test_parts_torn_by_a_death_are_written_again(work):
    data = noise(3 * PART)
    obj = begin(insurer=work, size=len(data))
    write(obj, data[:PART], offset=0)
    backend().write_at(work.pk, obj.pk, cipher.part_place(1, PART), b"half of a part")
    for offset in (PART, 2 * PART):
        write(obj, data[offset : offset + PART], offset=offset)
    assert storage.checksum(obj) == hashlib.sha256(data).hexdigest()


def test_parts_written_twice_are_never_sealed_with_the_same_nonce(work):
    obj = begin(insurer=work, size=2 * PART)
    sealed = []
    for number in range(2):
        write(obj, noise(PART + number)[:PART], offset=0)
        with backend().open(work.pk, obj.pk) as file:
            sealed.append(file.read(12))
    assert sealed[0] != sealed[1]


def test_parts_of_a_kept_object_cannot_be_written(work):
    obj = arrived(work, noise(PART))
    storage.finish(obj, sha256=storage.checksum(obj))
    with pytest.raises(ValueError, match="no part"):
        write(obj, noise(PART), offset=0)


@pytest.mark.parametrize(("offset", "length"), [(0, PART - 1), (0, PART + 1), (1, PART), (2 * PART, PART), (0, 0)])
def test_parts_of_another_length_or_place_are_refused(work, offset, length):
    obj = begin(insurer=work, size=2 * PART + 5)
    with pytest.raises(ValueError, match="no part"):
        write(obj, noise(length), offset=offset)


def test_parts_that_make_another_checksum_are_not_taken(work):
    obj = arrived(work, noise(2000))
    with pytest.raises(storage.OtherContent):
        storage.finish(obj, sha256=storage.checksum(obj), expected="0" * 64)
    assert StoredObject.objects.get(pk=obj.pk).unfinished


def test_parts_given_up_leave_nothing(work, own_store, django_capture_on_commit_callbacks):
    obj = arrived(work, noise(2000))
    with django_capture_on_commit_callbacks(execute=True):
        storage.destroy(obj)
    assert [path for path in (own_store / "objects").rglob("*") if path.is_file()] == []
    with pytest.raises(storage.Destroyed):
        storage.finish(obj, sha256="0" * 64)


def test_part_on_its_way_writes_nothing_and_is_written_whole_only(work):
    obj = begin(insurer=work, size=2 * PART)
    part = storage.Part(obj, PART, offset=0)
    part.add(noise(PART)[:-1])
    with pytest.raises(ValueError, match="missing"):
        part.write()
    with pytest.raises(ValueError, match="too many"):
        part.add(b"xx")
    assert (part.missing, backend().holds(work.pk, obj.pk)) == (1, False)
    part.add(noise(PART)[-1:])
    part.write()
    with backend().open(work.pk, obj.pk) as file:
        assert len(file.read()) == cipher.part_place(1, PART)


def test_parts_on_their_way_together_share_no_buffer(work):
    data = [noise(PART + number)[:PART] for number in range(4)]
    write(begin(insurer=work, size=PART), data[3], offset=0)  # leaves its buffer to one of those that follow
    objects = [begin(insurer=work, size=PART) for _ in range(3)]
    parts = [storage.Part(obj, PART, offset=0) for obj in objects]
    for part, content in zip(parts, data, strict=False):
        part.add(content)
    for part in parts:
        part.write()
    with pytest.raises(ValueError, match="too many"):
        parts[0].add(b"x")
    assert [storage.checksum(obj) for obj in objects] == [hashlib.sha256(content).hexdigest() for content in data[:3]]


def test_part_is_sealed_for_its_holder_alone(work):
    obj = begin(insurer=work, size=PART, holder="expert")
    with pytest.raises(storage.NotHolder):
        storage.Part(obj, PART, offset=0)
    storage.destroy(obj)
    with pytest.raises(storage.Destroyed):
        storage.Part(obj, PART, offset=0, holder="expert")


@pytest.mark.parametrize("make", [LocalBackend, lambda _root: MemoryBackend()])
def test_backends_grow_by_parts_and_share(insurer, tmp_path, make):
    import uuid

    kept, one, two = make(tmp_path), uuid.uuid4(), uuid.uuid4()
    kept.write_at(1, one, 0, b"abcdef")
    kept.write_at(1, one, 3, b"x")
    kept.share(1, one, to=(2, two))
    kept.delete(1, one)
    with kept.open(2, two) as file:
        assert file.read() == b"abcx"
    with pytest.raises(FileNotFoundError):
        kept.share(1, one, to=(2, two))


@pytest.mark.parametrize("size", [0, 1, PART, PART + 1, 5 * PART])
def test_writer_keeps_what_was_written(work, size):
    data = noise(size)
    with storage.Writer(insurer=work, limit=9999, chunk_size=PART, holder="expert") as out:
        for start in range(0, size, 700):
            out.write(data[start : start + 700])
        obj = out.keep()
    kept = StoredObject.objects.get(pk=obj.pk)
    assert (storage.read(kept, holder="expert"), kept.sha256) == (data, hashlib.sha256(data).hexdigest())


def test_writer_leaves_nothing_of_what_is_not_kept(work, own_store):
    with storage.Writer(insurer=work, limit=5000, chunk_size=PART) as out:
        out.write(noise(4000))
        with pytest.raises(storage.TooLarge):
            out.write(noise(4000))
    assert [*(own_store / "objects").glob("*/??/*"), *(own_store / "keys").glob("*/objects/??/*")] == []
