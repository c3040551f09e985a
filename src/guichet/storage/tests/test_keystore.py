"""Object keys: wrapped, rotated, shredded."""

import base64
import os
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from guichet.storage.errors import Corrupt, Destroyed
from guichet.storage.keystore import KeyStore, master_key

MASTER = b"m" * 32
ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.fixture
def keys(tmp_path):
    return KeyStore(tmp_path, MASTER)


def key_file(keys, insurer_id=1):
    return next(keys.root.glob(f"{insurer_id}/objects/*/*"))


def test_keystore_gives_every_object_a_key_of_its_own(keys):
    one, key_id = keys.create(1, ONE)
    two, same_id = keys.create(1, TWO)
    assert (len(one), len(two), one == two) == (32, 32, False)
    assert key_id == same_id == keys.current(1)
    assert (keys.read(1, ONE), keys.read(1, TWO)) == (one, two)


def test_keystore_survives_a_restart(keys):
    key, _ = keys.create(1, ONE)
    assert KeyStore(keys.root, MASTER).read(1, ONE) == key


def test_keystore_holds_no_key_in_the_clear(keys):
    key, _ = keys.create(1, ONE)
    assert [path for path in keys.root.rglob("*") if path.is_file() and key in path.read_bytes()] == []


def test_keystore_opens_nothing_with_another_master_key(keys):
    keys.create(1, ONE)
    with pytest.raises(Corrupt):
        KeyStore(keys.root, b"x" * 32).read(1, ONE)


def test_keystore_refuses_a_key_moved_to_another_object_or_insurer(keys):
    keys.create(1, ONE)
    content = key_file(keys).read_bytes()
    keys.create(1, TWO)
    keys.create(2, ONE)
    keys._path(1, TWO).write_bytes(content)
    keys._path(2, ONE).write_bytes(content)
    for insurer_id, object_id in ((1, TWO), (2, ONE)):
        with pytest.raises(Corrupt):
            keys.read(insurer_id, object_id)


@pytest.mark.parametrize("content", [b"", b"noise", b"\xff\n" + b"x" * 60, b"20260101-000000000000\n" + b"x" * 60])
def test_keystore_names_a_damaged_key_file(keys, content):
    keys.create(1, ONE)
    key_file(keys).write_bytes(content)
    with pytest.raises(Corrupt):
        keys.read(1, ONE)


def test_keystore_shred_overwrites_the_key_before_it_is_removed(keys):
    keys.create(1, ONE)
    path = key_file(keys)
    former = path.read_bytes()
    second_name = keys.root / "seen-by-a-forensic-tool"
    second_name.hardlink_to(path)
    keys.shred(1, ONE)
    keys.shred(1, ONE)
    assert path.exists() is False
    assert len(second_name.read_bytes()) == len(former)
    assert second_name.read_bytes() != former
    with pytest.raises(Destroyed):
        keys.read(1, ONE)


def test_keystore_rotation_wraps_every_key_anew_and_changes_none(keys):
    before = {name: keys.create(1, name)[0] for name in (ONE, TWO)}
    former = keys.current(1)
    fresh = keys.rotate(1)
    assert (fresh == former, keys.current(1) == fresh) == (False, True)
    assert {path.read_bytes().split(b"\n")[0].decode() for path in keys.root.glob("1/objects/*/*")} == {fresh}
    assert {name: KeyStore(keys.root, MASTER).read(1, name) for name in before} == before


def test_keystore_rotation_does_not_bring_back_a_key_that_is_shredded_meanwhile(keys):
    names = [uuid.uuid4() for _ in range(40)]
    for name in names:
        keys.create(1, name)
    shredding = threading.Thread(target=lambda: [keys.shred(1, name) for name in reversed(names)])
    shredding.start()
    keys.rotate(1)
    shredding.join()
    assert list(keys.objects(1, before=time.time() + 1)) == []


def test_keystore_rotation_goes_on_behind_a_damaged_key_and_says_so_at_the_end(keys):
    keys.create(1, ONE)
    former = keys.create(1, TWO)[1]
    keys._path(1, ONE).write_bytes(keys._path(1, ONE).read_bytes()[:-1] + b"x")
    (keys._path(1, TWO).parent / ".nfs0000000000000001").write_bytes(b"of the file system")
    with pytest.raises(Corrupt):
        keys.rotate(1)
    assert keys._path(1, TWO).read_bytes().startswith(keys.current(1).encode() + b"\n")
    assert keys.current(1) != former


def test_keystore_retires_only_old_keys_that_wrap_nothing(keys):
    keys.create(1, ONE)
    former = keys.current(1)
    wrapped_by_former = key_file(keys).read_bytes()
    keys.rotate(1)
    assert keys.retire(1, older_than=timedelta(days=1)) == []
    old = time.time() - 2 * 86_400
    os.utime(keys.root / "1" / "wrapping" / former, (old, old))
    rewrapped = key_file(keys).read_bytes()
    key_file(keys).write_bytes(wrapped_by_former)
    assert keys.retire(1, older_than=timedelta(days=1)) == []
    key_file(keys).write_bytes(rewrapped)
    assert keys.retire(1, older_than=timedelta(days=1)) == [former]
    assert len(keys.read(1, ONE)) == 32


def test_keystore_says_when_an_insurers_key_is_lost(keys):
    keys.create(1, ONE)
    (keys.root / "1" / "wrapping" / keys.current(1)).unlink()
    with pytest.raises(Corrupt, match="lost"):
        KeyStore(keys.root, MASTER).read(1, ONE)


def test_master_key_comes_from_the_environment(settings):
    settings.DEMO = False
    settings.MASTER_KEY = base64.b64encode(MASTER).decode()
    assert master_key() == MASTER


@pytest.mark.parametrize("text", ["short", base64.b64encode(b"x" * 31).decode(), "é" * 44])
def test_master_key_must_be_32_bytes(settings, text):
    settings.MASTER_KEY = text
    with pytest.raises(ImproperlyConfigured):
        master_key()


def test_master_key_is_made_by_the_demo_only(settings, tmp_path):
    settings.KEY_STORE, settings.MASTER_KEY, settings.DEMO = tmp_path / "keys", "", True
    made = master_key()
    assert (len(made), master_key()) == (32, made)
    assert (tmp_path / "keys" / "master.key").stat().st_mode & 0o777 == 0o600
    settings.DEMO = False
    with pytest.raises(ImproperlyConfigured, match="GUICHET_MASTER_KEY"):
        master_key()


def test_of_several_that_begin_at_once_one_key_counts(tmp_path):
    stores = [KeyStore(tmp_path, b"k" * 32) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        chosen = list(pool.map(lambda store: store.current(7), stores))
    assert len(set(chosen)) == 1
