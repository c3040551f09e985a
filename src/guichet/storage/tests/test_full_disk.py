"""A full disk: nothing half-written stays, what was promised stays, and the same again succeeds later (REL-04)."""

import pytest
from django.core.checks import run_checks

from guichet import storage
from guichet.storage import durable
from guichet.storage.models import StoredObject
from guichet.storage.store import backend, key_store
from guichet.storage.tests.full import full_beyond
from guichet.tenancy.context import tenant


@pytest.fixture
def work(insurer):
    """Work for the insurer, whose key was made before."""
    with tenant(insurer.pk):
        key_store().current(insurer.pk)
        yield insurer


KEY = 200  # bytes that the file of a key has room in


def left(work):
    """Files of objects and keys."""
    return [*backend().objects(work.pk, before=9e9), *key_store().objects(work.pk, before=9e9)]


@pytest.mark.proves("REL-04")
@pytest.mark.parametrize("size", [0, KEY], ids=["not even its key", "its key and a part of its bytes"])
def test_object_without_room_leaves_nothing_and_is_kept_later(work, size):
    with full_beyond(size), pytest.raises(storage.NoRoom):
        storage.put(b"x" * 5000, insurer=work, limit=9999)
    assert (left(work), list(StoredObject.objects.all())) == ([], [])
    assert storage.read(storage.put(b"x" * 5000, insurer=work, limit=9999)) == b"x" * 5000


@pytest.mark.proves("REL-04")
def test_piece_without_room_is_cut_off_and_those_before_it_stay(tmp_path):
    path = tmp_path / "shard" / "object"
    durable.write_at(path, 0, b"a" * 100)
    with full_beyond(150), pytest.raises(storage.NoRoom):
        durable.write_at(path, 100, b"b" * 100)
    assert path.read_bytes() == b"a" * 100
    durable.write_at(path, 100, b"b" * 100)
    assert path.read_bytes() == b"a" * 100 + b"b" * 100


@pytest.mark.proves("REL-04")
def test_converter_without_room_leaves_nothing(work):
    with storage.Writer(insurer=work, limit=10**7, chunk_size=1000) as out:
        out.write(b"x" * 5000)
        with full_beyond(KEY), pytest.raises(storage.NoRoom):
            out.keep()
    assert (left(work), list(StoredObject.objects.all())) == ([], [])


def test_no_room_says_what_the_disk_said(tmp_path):
    with full_beyond(0), pytest.raises(storage.NoRoom, match="File too large"):
        durable.write(tmp_path / "object", [b"x"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.proves("REL-04")
def test_operator_is_told_before_the_disk_is_full(settings):
    def told():
        return [found.id for found in run_checks(tags=["security"]) if found.id == "guichet.storage.W004"]

    settings.LEAST_ROOM = 0
    assert told() == []
    settings.LEAST_ROOM = 10**18
    assert told() == ["guichet.storage.W004"] * 2
