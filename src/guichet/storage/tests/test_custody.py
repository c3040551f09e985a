"""Who holds the key reads; nobody else, whatever asks (REC-04, REC-07)."""

import pytest

from guichet import storage
from guichet.storage.models import StoredObject
from guichet.storage.store import key_store, rotate_key
from guichet.storage.sweep import sweep_orphans
from guichet.tenancy.context import tenant

pytestmark = pytest.mark.django_db

EXPERT, OTHER = "expert-1", "expert-2"


@pytest.fixture
def work(insurer):
    """Work for the insurer."""
    with tenant(insurer.pk):
        yield insurer


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    """`with commit():` does what follows a commit."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def readers(obj):
    """Who can read the object, of everybody there is."""
    found = []
    for holder in ("", EXPERT, OTHER):
        try:
            found += [holder] if storage.read(obj, holder=holder) == b"sound" else []
        except storage.NotHolder:
            continue
    return found


@pytest.mark.proves("REC-04")
def test_custody_is_the_holders_until_handed_over(work, commit):
    obj = storage.put(b"sound", insurer=work, limit=99, holder=EXPERT)
    assert readers(obj) == [EXPERT]
    stale = StoredObject.objects.get(pk=obj.pk)
    with commit():
        storage.hand_over(obj, holder=EXPERT)
    assert readers(obj) == [""]
    assert readers(stale) == [""]


def test_custody_ends_before_the_key_is_wrapped_anew(work):
    obj = storage.put(b"sound", insurer=work, limit=99, holder=EXPERT)
    storage.hand_over(obj, holder=EXPERT)  # the process dies here: nothing follows the commit
    with pytest.raises(storage.NotHolder):
        storage.read(obj, holder=EXPERT)
    assert storage.read(StoredObject.objects.get(pk=obj.pk)) == b"sound"
    with pytest.raises(storage.NotHolder):
        key_store().read(work.pk, obj.pk, holder=EXPERT)


@pytest.mark.proves("REC-04")
def test_custody_is_as_a_restored_database_says(work, commit):
    """The backup is older than the sending: to the expert it is not sent yet, and can be heard and sent again."""
    obj = storage.put(b"sound", insurer=work, limit=99, holder=EXPERT)
    with commit():
        storage.hand_over(obj, holder=EXPERT)
    StoredObject.objects.filter(pk=obj.pk).update(holder=EXPERT)
    obj = StoredObject.objects.get(pk=obj.pk)
    assert readers(obj) == [EXPERT]
    with commit():
        storage.hand_over(obj, holder=EXPERT)
    assert readers(obj) == [""]


def test_custody_is_handed_over_by_its_holder_alone(work):
    obj = storage.put(b"sound", insurer=work, limit=99, holder=EXPERT)
    for somebody in ("", OTHER):
        with pytest.raises(storage.NotHolder):
            storage.hand_over(obj, holder=somebody)


def test_custody_survives_a_new_key_of_the_insurer(work):
    obj = storage.put(b"sound", insurer=work, limit=99, holder=EXPERT)
    rotate_key(work)
    assert readers(obj) == [EXPERT]


def test_custody_is_in_the_wrapped_key_not_only_in_its_name(work, own_store):
    obj = storage.put(b"sound", insurer=work, limit=99, holder=EXPERT)
    path = next(path for path in (own_store / "keys").glob("*/objects/*/*"))
    path.write_bytes(path.read_bytes().replace(b" expert-1", b"", 1))
    StoredObject.objects.filter(pk=obj.pk).update(holder="")
    with pytest.raises(storage.Corrupt):
        storage.read(StoredObject.objects.get(pk=obj.pk))


@pytest.mark.proves("REC-07")
def test_object_moves_to_another_insurer_without_being_sealed_again(work, other_insurer, commit, own_store):
    obj = storage.put(b"sound", insurer=work, limit=99)
    with commit():
        moved = storage.move(obj, to=other_insurer)
    with pytest.raises(storage.Destroyed):
        storage.read(obj)
    with tenant(other_insurer.pk):
        kept = StoredObject.objects.get(pk=moved.pk)
        assert (storage.read(kept), kept.sha256) == (b"sound", obj.sha256)
    assert [path.name for path in (own_store / "objects").glob("*/*/*")] == [moved.pk.hex]


def test_object_moves_on_and_back(work, other_insurer, commit):
    obj = storage.put(b"sound", insurer=work, limit=99)
    with commit():
        moved = storage.move(obj, to=other_insurer)
    with tenant(other_insurer.pk), commit():
        back = storage.move(moved, to=work)
    assert storage.read(StoredObject.objects.get(pk=back.pk)) == b"sound"


def test_object_moved_by_a_failed_act_is_swept(work, other_insurer, own_store):
    import os
    import time
    from datetime import timedelta

    from django.db import transaction

    obj = storage.put(b"sound", insurer=work, limit=99)
    with transaction.atomic():
        storage.move(obj, to=other_insurer)
        transaction.set_rollback(True)
    old = time.time() - 10 * 3600
    for path in [*(own_store / "objects").glob("*/*/*"), *(own_store / "keys").glob("*/objects/*/*")]:
        os.utime(path, (old, old))
    assert sweep_orphans(older_than=timedelta(hours=2)) == 1
    assert storage.read(StoredObject.objects.get(pk=obj.pk)) == b"sound"
