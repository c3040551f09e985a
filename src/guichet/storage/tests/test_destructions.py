"""What is destroyed for ever stays so after a restore; the list cannot be changed unnoticed (REC-15)."""

import errno
import os
import shutil

import pytest
from django.core.management import CommandError, call_command

from guichet import storage
from guichet.storage.destruction_list import enlist, listed
from guichet.storage.destructions import brought_back, destroy_for_ever, on_replay, replay
from guichet.storage.models import StoredObject
from guichet.tenancy.context import tenant

CANARY = b"Zqcanary said this"


@pytest.fixture
def places(tmp_path, settings):
    settings.STORAGE_ROOT, settings.KEY_STORE = tmp_path / "objects", tmp_path / "keys"
    settings.DESTRUCTION_LIST = tmp_path / "list" / "list.jsonl"
    return tmp_path


def destroyed(obj, run, about="thing:1"):
    with run(execute=True):
        destroy_for_ever([obj], about=about)


@pytest.mark.proves("REC-15")
def test_restored_object_is_shredded_again(insurer, places, django_capture_on_commit_callbacks):
    with tenant(insurer.pk):
        obj = storage.put(CANARY, insurer=insurer, limit=100)
        shutil.copytree(places / "objects", places / "old-objects")
        shutil.copytree(places / "keys", places / "old-keys")
        destroyed(obj, django_capture_on_commit_callbacks)
        for name in ("objects", "keys"):
            shutil.rmtree(places / name)
            shutil.copytree(places / f"old-{name}", places / name)
        StoredObject.objects.filter(pk=obj.pk).update(destroyed_at=None)
        restored = StoredObject.objects.get(pk=obj.pk)
        assert storage.read(restored) == CANARY
        assert brought_back() == 2  # key and bytes, and the row
        again = replay()
        assert (again.listed, again.shredded) == (1, 1)
        assert brought_back() == 0
        with pytest.raises(storage.Destroyed):
            storage.read(StoredObject.objects.get(pk=obj.pk))
        assert replay().shredded == 0


def test_destruction_that_is_rolled_back_is_not_listed(insurer, places, django_capture_on_commit_callbacks):
    with tenant(insurer.pk):
        obj = storage.put(CANARY, insurer=insurer, limit=100)
        with django_capture_on_commit_callbacks(execute=False):
            destroy_for_ever([obj], about="thing:1")
        assert listed() == []


def test_list_takes_each_object_once_and_says_of_what(insurer, places, django_capture_on_commit_callbacks):
    with tenant(insurer.pk):
        obj = storage.put(CANARY, insurer=insurer, limit=100)
        destroyed(obj, django_capture_on_commit_callbacks)
        assert enlist([(insurer.pk, obj.pk)], about="thing:1") == 0
        assert [(one.seq, one.insurer, one.about) for one in listed()] == [(1, insurer.pk, "thing:1")]


@pytest.mark.proves("REC-15")
@pytest.mark.parametrize("tamper", ["cut", "unended", "change", "take_out"])
def test_list_that_was_changed_is_refused(insurer, places, settings, tamper):
    with tenant(insurer.pk):
        objects = [storage.put(CANARY, insurer=insurer, limit=100) for _ in range(3)]
        enlist([(insurer.pk, obj.pk) for obj in objects], about="thing:1")
    lines = settings.DESTRUCTION_LIST.read_bytes().splitlines(keepends=True)
    lines = {
        "cut": [*lines[:2], lines[2][:-5]],
        "unended": [*lines[:2], lines[2][:-1]],
        "change": [lines[0], lines[1].replace(b"thing:1", b"thing:2"), lines[2]],
        "take_out": [lines[0], lines[2]],
    }[tamper]
    settings.DESTRUCTION_LIST.write_bytes(b"".join(lines))
    with pytest.raises(storage.Corrupt):
        listed()
    with pytest.raises(CommandError):
        call_command("storage", "replay-destructions")


def test_line_the_disk_had_no_room_for_leaves_the_list_whole(insurer, places, settings, monkeypatch):
    with tenant(insurer.pk):
        first, second = (storage.put(CANARY, insurer=insurer, limit=100) for _ in range(2))
        enlist([(insurer.pk, first.pk)], about="thing:1")

    def full(number):
        """A part of the line is in the file, its rest has no room."""
        os.ftruncate(number, os.fstat(number).st_size - 7)
        raise OSError(errno.ENOSPC, "no space left")

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="no space"):
            enlist([(insurer.pk, second.pk)], about="thing:2")
    assert [one.about for one in listed()] == ["thing:1"]
    settings.DESTRUCTION_LIST.write_bytes(settings.DESTRUCTION_LIST.read_bytes() + b'{"seq": 2, "at"')  # the power went
    assert enlist([(insurer.pk, second.pk)], about="thing:2") == 1
    assert [one.about for one in listed()] == ["thing:1", "thing:2"]


def test_system_empties_its_rows_on_replay(insurer, places):
    asked = []
    on_replay("tested", lambda whose, thing, _at: asked.append((whose, thing)) is None)
    with tenant(insurer.pk):
        obj = storage.put(CANARY, insurer=insurer, limit=100)
        enlist([(insurer.pk, obj.pk)], about="tested:7")
        assert replay().emptied == 1
    assert asked == [(insurer.pk, "7")]
