"""Short texts sealed with the key of an object: they die with it, and go with it to another insurer (REC-15)."""

import pytest

from guichet import storage
from guichet.storage.models import StoredObject
from guichet.storage.store import key_store
from guichet.tenancy.context import tenant

pytestmark = pytest.mark.proves("REC-15")


@pytest.fixture
def obj(insurer):
    with tenant(insurer.pk):
        yield storage.put(b"sound", insurer=insurer, limit=10)


def test_text_is_opened_by_its_object_alone(obj, insurer):
    sealed = storage.seal_text(obj, "Douleurs décrites à 12:05")
    assert storage.open_text(obj, sealed) == "Douleurs décrites à 12:05"
    assert storage.seal_text(obj, "Douleurs décrites à 12:05") != sealed
    other = storage.put(b"sound", insurer=insurer, limit=10)
    for wrong in (sealed[:-6] + "AAAAA=", "sealed1:", "sealed1:é", "in the clear"):
        with pytest.raises(storage.Corrupt):
            storage.open_text(obj, wrong)
    with pytest.raises(storage.Corrupt):
        storage.open_text(other, sealed)


def test_text_dies_with_the_key_whatever_the_row_says(obj, insurer):
    sealed = storage.seal_text(obj, "Zqcanary")
    key_store().shred(insurer.pk, obj.pk)
    with pytest.raises(storage.Destroyed):
        storage.open_text(StoredObject.objects.get(pk=obj.pk), sealed)


def test_text_sealed_for_a_holder_is_read_after_the_hand_over(insurer, obj, django_capture_on_commit_callbacks):
    held = storage.put(b"sound", insurer=insurer, limit=10, holder="expert")
    sealed = storage.seal_text(held, "entretien.mp3")
    read_before = StoredObject.objects.get(pk=held.pk)
    with django_capture_on_commit_callbacks(execute=True):
        storage.hand_over(held, holder="expert")
    assert storage.open_text(read_before, sealed) == "entretien.mp3"


def test_text_goes_with_its_object_to_another_insurer(obj, other_insurer):
    sealed = storage.seal_text(obj, "entretien.mp3")
    moved = storage.move(obj, to=other_insurer)
    assert storage.open_text(moved, sealed) == "entretien.mp3"
