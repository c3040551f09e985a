"""PERF-06: 200 kB from random places of a sealed file, against the same of a plain one. `python -m bench.ranges`.

As a request does it: the object's key read and unwrapped, the file opened, one range read, everything closed; the
plain file is opened, read and closed. Both lie in the page cache first; then neither does, as an archive is found.
"""

from __future__ import annotations

import base64
import os
import random
import secrets
import statistics
import tempfile
import time
import uuid
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import django
from django.conf import settings

from bench.figures import Figure, paired, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from guichet.storage.models import StoredObject

_SIZE: Final = 86_000_000  # three hours at 64 kbit/s
_RANGE: Final = 200_000
_CHUNK: Final = 64 * 1024  # of a listening copy
_APART: Final = 1_400_000  # so that no range lies in what was read ahead of another one
_RANGES: Final = _SIZE // _APART  # of one round
_ROUNDS: Final = 9


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
    from guichet import storage
    from guichet.storage.store import backend

    clear = random.Random(3).randbytes(1_000_000) * (_SIZE // 1_000_000)
    plain = root / "plain"
    plain.write_bytes(clear)
    obj = _sealed(clear)
    os.sync()

    def ours() -> BinaryIO:
        return storage.open_object(obj)

    with backend().open(obj.insurer_id, obj.pk) as kept:
        sealed = Path(str(kept.name))

    def theirs() -> BinaryIO:
        return plain.open("rb")

    figures = [_compared("sealed range: speed ÷ plain file, page cache", "≥ 0.5", ours, theirs)]
    figures.append(_compared("  … neither in the page cache", "≥ 0.5", ours, theirs, forget=(sealed, plain)))
    with ExitStack() as held:
        one, other = held.enter_context(ours()), held.enter_context(theirs())
        figures.append(_compared("  … both open already, page cache", "", lambda: one, lambda: other, keep=True))
    return figures


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

    backend().write(here.insurer_id, here.object_id, parts())
    return StoredObject(
        id=here.object_id, insurer_id=1, size=len(clear), sha256="0" * 64, chunk_size=_CHUNK, key_id=key_id,
        algorithm=cipher.PARTS,
    )  # fmt: skip


def _compared(
    name: str,
    goal: str,
    ours: Callable[[], BinaryIO],
    theirs: Callable[[], BinaryIO],
    *,
    forget: tuple[Path, ...] = (),
    keep: bool = False,
) -> Figure:
    seeds = random.Random(7).sample(range(10**6), 2 * _ROUNDS + 2)
    rounds = {ours: iter(seeds), theirs: iter(seeds)}  # the same places for both

    def read(opened: Callable[[], BinaryIO]) -> float:
        return _seconds(opened, random.Random(next(rounds[opened])), forget, keep=keep)

    read(ours), read(theirs)
    ratio, mine, other = paired(_ROUNDS, lambda: read(ours), lambda: read(theirs))
    return Figure(name, round(1 / ratio, 2), goal, f"{mine * 1e6:.0f} against {other * 1e6:.0f} µs for 200 kB")


def _seconds(opened: Callable[[], BinaryIO], dice: random.Random, forget: tuple[Path, ...], *, keep: bool) -> float:
    """The median of a round: who is interrupted by others is not slower for it."""
    taken = []
    for path in forget:
        _forget(path)
    for number in dice.sample(range(_RANGES), _RANGES):
        place = number * _APART + dice.randrange(_APART - _RANGE)
        began = time.perf_counter()
        file = opened()
        file.seek(place)
        read = len(file.read(_RANGE))
        if not keep:
            file.close()
        taken.append(time.perf_counter() - began)
        if read != _RANGE:
            raise RuntimeError(f"{read} bytes at {place}")
    return statistics.median(taken)


def _forget(path: Path) -> None:
    """Take the file out of the page cache; it was synced."""
    descriptor = os.open(path, os.O_RDONLY)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


if __name__ == "__main__":
    main()
