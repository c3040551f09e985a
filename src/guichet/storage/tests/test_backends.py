"""The local directory and the twin in memory keep the same promises."""

import io
import time
import uuid

import pytest

from guichet.storage import durable
from guichet.storage.backends import LocalBackend, MemoryBackend

ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.fixture(params=["local", "memory"])
def backend(request, tmp_path):
    return LocalBackend(tmp_path / "objects") if request.param == "local" else MemoryBackend()


def soon() -> float:
    return time.time() + 1


def test_backend_gives_back_what_was_written(backend):
    backend.write(1, ONE, iter([b"abc", b"", b"def"]))
    with backend.open(1, ONE) as file:
        assert file.read() == b"abcdef"
        assert file.seek(2) == 2
        assert file.read(2) == b"cd"


def test_backend_does_not_find_what_was_never_written_or_belongs_to_another_insurer(backend):
    backend.write(1, ONE, [b"x"])
    for insurer_id, object_id in ((1, TWO), (2, ONE)):
        with pytest.raises(FileNotFoundError):
            backend.open(insurer_id, object_id)


def test_backend_deletes_and_does_not_mind_doing_it_twice(backend):
    backend.write(1, ONE, [b"x"])
    backend.delete(1, ONE)
    backend.delete(1, ONE)
    assert list(backend.objects(1, before=soon())) == []
    with pytest.raises(FileNotFoundError):
        backend.open(1, ONE)


def test_backend_lists_an_insurers_objects_older_than_a_moment(backend):
    backend.write(1, ONE, [b"x"])
    backend.write(2, TWO, [b"x"])
    assert list(backend.objects(1, before=soon())) == [ONE]
    assert list(backend.objects(1, before=time.time() - 60)) == []
    assert list(backend.objects(3, before=soon())) == []


def test_backend_keeps_nothing_of_a_source_that_fails(backend):
    def failing():
        yield b"x" * 100_000
        raise OSError("the upload was cut")

    with pytest.raises(OSError, match="cut"):
        backend.write(1, ONE, failing())
    assert list(backend.objects(1, before=soon())) == []


def test_local_backend_lists_and_deletes_what_a_killed_process_left_unfinished(tmp_path):
    backend = LocalBackend(tmp_path)
    backend.write(1, ONE, [b"x"])
    finished = next(tmp_path.glob("1/*/*"))
    finished.rename(finished.with_name(finished.name + durable.UNFINISHED))
    assert list(backend.objects(1, before=soon())) == [ONE]
    backend.delete(1, ONE)
    assert list(tmp_path.glob("1/*/*")) == []


def test_local_backend_is_readable_by_its_owner_only(tmp_path):
    LocalBackend(tmp_path / "objects").write(1, ONE, [b"x"])
    modes = {path.stat().st_mode & 0o777 for path in tmp_path.glob("objects/**/*") if path.is_file()}
    assert modes == {0o600}
    assert (tmp_path / "objects").stat().st_mode & 0o777 == 0o700


def test_durable_write_at_puts_the_name_of_a_file_found_half_made_on_disk(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(durable, "sync_directory", synced.append)
    (tmp_path / "made").touch()
    durable.write_at(tmp_path / "made", 0, b"abcdef")
    durable.write_at(tmp_path / "made", 6, bytearray(b"ghi"))
    durable.write_at(tmp_path / "made", 3, memoryview(b"x"))
    assert ((tmp_path / "made").read_bytes(), synced) == (b"abcx", [tmp_path])


def test_durable_write_once_keeps_the_first_writers_content(tmp_path):
    assert durable.write_once(tmp_path / "k", b"first") == b"first"
    assert durable.write_once(tmp_path / "k", b"second") == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["k"]


def test_memory_backend_streams_are_independent():
    backend = MemoryBackend()
    backend.write(1, ONE, [b"abc"])
    backend.open(1, ONE).read()
    assert isinstance(backend.open(1, ONE), io.BytesIO)
    assert backend.open(1, ONE).read() == b"abc"


def test_writing_together_makes_the_same_files(tmp_path):
    with durable.synced_together():
        durable.write(tmp_path / "one" / "file", [b"abc"])
        assert durable.write_once(tmp_path / "two", b"first") == b"first"
    durable.write(tmp_path / "one" / "file", [b"abcdef"])
    assert (tmp_path / "one" / "file").read_bytes() == b"abcdef"
    assert [file.name for file in sorted(tmp_path.rglob("*")) if file.is_file()] == ["file", "two"]
