"""PERF-06: ranges of a sealed file against the same of a plain one. `python -m bench.ranges`.

As a request does it: the object's key read and unwrapped, the file opened, one range read, everything closed; the
plain file is opened, read and closed. Both lie in the page cache, except where it says otherwise; both were written in
the same way. Processor time decides: the work is the processor's alone, and the clock counts who else wants it.

The limit is what no code on top of the same box goes beyond: the plain file read, and the same bytes opened by
AES-256-GCM in chunks of this size, nothing else.
"""

from __future__ import annotations

import base64
import os
import random
import secrets
import tempfile
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import django
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from bench.figures import Figure, paired, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from guichet.storage.models import StoredObject

_SIZE: Final = 86_000_000  # three hours at 64 kbit/s
_RANGES: Final = {48_000: "six seconds", 200_000: "200 kB", 2**20: "1 MiB", 2**23: "8 MiB"}  # bytes
_CHUNK: Final = 32 * 1024  # of a listening copy
_EACH: Final = 400  # readings of the shortest range in one round; fewer of longer ones
_ROUNDS: Final = 9
_WRITTEN: Final = 1024 * 1024  # bytes at once, of both files


def main() -> None:
    """Ratios as one line of JSON; above one, ours would be the faster one."""
    with tempfile.TemporaryDirectory(prefix="guichet-ranges-") as name:
        root = Path(name)
        settings.configure(
            INSTALLED_APPS=["django.contrib.postgres", "guichet.tenancy", "guichet.storage"],
            STORAGE_ROOT=root / "objects",
            KEY_STORE=root / "keys",
            MASTER_KEY=base64.b64encode(secrets.token_bytes(32)).decode(),
            DEMO=False,
            USE_TZ=True,
        )
        django.setup()
        tell(_figures(root))


def _figures(root: Path) -> list[Figure]:
    from guichet.storage.store import backend

    clear = random.Random(3).randbytes(1_000_000) * (_SIZE // 1_000_000)
    plain = root / "plain"
    with plain.open("wb", buffering=0) as file:
        for place in range(0, len(clear), _WRITTEN):
            file.write(clear[place : place + _WRITTEN])
    obj = _sealed(clear)
    os.sync()

    with backend().open(obj.insurer_id, obj.pk) as kept:
        sealed = Path(str(kept.name))

    figures = []
    for length, words in _RANGES.items():
        figures.append(_compared(f"sealed range of {words}: speed ÷ plain file", obj, plain, length))
        figures.append(_limit(f"  … the limit: a plain reading and bare AES-GCM of {words}", plain, length))
    cold = (sealed, plain)
    figures.append(_compared("  … six seconds, neither in the page cache", obj, plain, 48_000, forget=cold))
    return [*figures, _whole("the whole file, a megabyte at a time: speed ÷ plain file", obj, plain)]


def _sealed(clear: bytes) -> StoredObject:
    """What `storage.Writer` makes of a listening copy, without its row."""
    from guichet.storage import cipher
    from guichet.storage.models import StoredObject
    from guichet.storage.store import backend, key_store

    here = cipher.Binding(1, uuid.uuid4())
    key, key_id = key_store().create(here.insurer_id, here.object_id)

    def parts() -> Iterator[bytes]:
        for place in range(0, len(clear), _CHUNK):
            last = place + _CHUNK >= len(clear)
            yield bytes(cipher.seal_part(clear[place : place + _CHUNK], key, here, place // _CHUNK, last=last))

    backend().write(here.insurer_id, here.object_id, _by_megabyte(parts()))
    return StoredObject(
        id=here.object_id, insurer_id=1, size=len(clear), sha256="0" * 64, chunk_size=_CHUNK, key_id=key_id,
        algorithm=cipher.PARTS,
    )  # fmt: skip


def _by_megabyte(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """As `Writer` puts them on disk: how a file was written decides in what blocks the page cache holds it."""
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        if len(waiting) >= _WRITTEN:
            yield bytes(waiting)
            waiting.clear()
    yield bytes(waiting)


def _compared(name: str, obj: StoredObject, plain: Path, length: int, *, forget: tuple[Path, ...] = ()) -> Figure:
    from guichet import storage

    def ours(place: int) -> int:
        return len(storage.read_range(obj, place, length))

    def theirs(place: int) -> int:
        return _read(plain, place, length)

    each = 40 if forget else max(4, _EACH * 48_000 // length)
    return _ratio(name, lambda: _seconds(ours, length, each, forget), lambda: _seconds(theirs, length, each, forget))


def _limit(name: str, plain: Path, length: int) -> Figure:
    from guichet.storage import cipher

    boxes = AESGCM(secrets.token_bytes(32))
    nonce, about = secrets.token_bytes(12), secrets.token_bytes(33)
    sizes = [_CHUNK] * (length // _CHUNK) + [length % _CHUNK] * bool(length % _CHUNK)
    sealed = [boxes.encrypt(nonce, secrets.token_bytes(size), about) for size in sizes]
    clear = memoryview(bytearray(length))
    targets = [clear[n * _CHUNK : (n + 1) * _CHUNK] for n in range(len(sizes))]
    assert sum(map(len, sealed)) == length + cipher.TAG_SIZE * len(sizes)

    def ours(place: int) -> int:
        for chunk, target in zip(sealed, targets, strict=True):
            boxes.decrypt_into(nonce, chunk, about, target)
        return _read(plain, place, length)

    def theirs(place: int) -> int:
        return _read(plain, place, length)

    each = max(4, _EACH * 48_000 // length)
    return _ratio(name, lambda: _seconds(ours, length, each), lambda: _seconds(theirs, length, each), goal="")


def _whole(name: str, obj: StoredObject, plain: Path) -> Figure:
    from guichet import storage

    def pass_over(opened: Callable[[], BinaryIO]) -> float:
        began = time.process_time()
        with opened() as file:
            while file.read(2**20):
                pass
        return time.process_time() - began

    return _ratio(
        name, lambda: pass_over(lambda: storage.open_object(obj)), lambda: pass_over(lambda: plain.open("rb"))
    )


def _ratio(name: str, ours: Callable[[], float], theirs: Callable[[], float], *, goal: str = "≥ 0.5") -> Figure:
    ours(), theirs()
    ratio, mine, other = paired(_ROUNDS, ours, theirs)
    return Figure(name, round(1 / ratio, 2), goal, f"{mine * 1e6:.0f} against {other * 1e6:.0f} µs")


def _read(path: Path, place: int, length: int) -> int:
    with path.open("rb") as file:
        file.seek(place)
        return len(file.read(length))


def _seconds(read: Callable[[int], int], length: int, each: int, forget: tuple[Path, ...] = ()) -> float:
    """What one reading took, on average; of the processor, or by the clock where the disk is waited for."""
    for path in forget:
        _forget(path)
    dice = random.Random(7)
    places = [dice.randrange(_SIZE - length) for _ in range(each)]
    clock = time.perf_counter if forget else time.process_time
    began = clock()
    for place in places:
        if read(place) != length:
            raise RuntimeError(f"fewer bytes at {place}")
    return (clock() - began) / each


def _forget(path: Path) -> None:
    """Take the file out of the page cache; it was synced."""
    descriptor = os.open(path, os.O_RDONLY)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


if __name__ == "__main__":
    main()
