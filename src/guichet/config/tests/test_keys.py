"""Keys of insurers are changed by a command, while everything goes on."""

import os
import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from guichet import storage
from guichet.storage.models import StoredObject
from guichet.tenancy.context import tenant
from guichet.tenancy.demo import seed_insurers

pytestmark = [pytest.mark.django_db, pytest.mark.proves("SEC-05")]


@pytest.fixture
def kept(settings, tmp_path):
    """Two insurers with a file each, in a store of their own."""
    settings.STORAGE_ROOT, settings.KEY_STORE = tmp_path / "objects", tmp_path / "keys"
    files = {}
    for insurer in seed_insurers()[:2]:
        with tenant(insurer.pk):
            files[insurer.slug] = (insurer, storage.put(insurer.slug.encode(), insurer=insurer, limit=99))
    return files


def keys(what, **options):
    said = StringIO()
    call_command("keys", what, stdout=said, **options)
    return said.getvalue()


def current(kept):
    """The key of each insurer's file, which can still be read."""
    found = {}
    for slug, (insurer, obj) in kept.items():
        with tenant(insurer.pk):
            now = StoredObject.objects.get(pk=obj.pk)
            assert storage.read(now) == slug.encode()
            found[slug] = now.key_id
    return found


def wrapping(settings):
    return {path.name for path in settings.KEY_STORE.rglob("wrapping/*")}


def test_keys_are_rotated_for_all_insurers_or_one_and_written_down(kept, audited):
    first = current(kept)
    keys("rotate")
    second = current(kept)
    assert set(first.values()).isdisjoint(second.values())
    slug, *_others = kept
    keys("rotate", insurer=slug)
    third = current(kept)
    assert {name for name in kept if third[name] != second[name]} == {slug}
    written = [(entry["insurer_id"], entry["action"]) for entry in audited]
    assert written.count((kept[slug][0].pk, "storage.key_rotated")) == 2


def test_former_keys_are_retired_once_they_wrap_nothing_and_are_old(kept, settings, audited):
    first = set(current(kept).values())
    keys("rotate")
    keys("retire")
    assert first < wrapping(settings)  # young: a writer may have read its name a moment ago
    for path in settings.KEY_STORE.rglob("wrapping/*"):
        os.utime(path, (time.time() - 8 * 86_400,) * 2)
    assert "1 former keys are shredded" in keys("retire")
    assert first.isdisjoint(wrapping(settings))
    assert current(kept)
    assert sorted(entry["action"] for entry in audited).count("storage.key_retired") == 2


def test_damaged_key_of_an_object_is_told_and_the_others_are_wrapped_anew(kept, settings):
    (insurer, obj), _other = kept.values()
    store = storage.store.key_store()
    path = store._path(insurer.pk, obj.pk)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(CommandError, match=str(obj.pk)):
        keys("rotate")
    kept.pop(insurer.slug)
    assert set(current(kept).values()).isdisjoint([obj.key_id])


@pytest.mark.parametrize(("what", "options"), [("rotate", {"insurer": "nobody"}), ("retire", {"days": 0})])
def test_mistakes_of_the_operator_change_nothing(kept, what, options):
    before = current(kept)
    with pytest.raises(CommandError):
        keys(what, **options)
    assert current(kept) == before
