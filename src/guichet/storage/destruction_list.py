"""The list of what was destroyed for ever: outside database, store, key store and their backups (REC-15).

One line of JSON for each object; each line holds the hash of the one before, so that a line that was taken out or
changed is noticed. Keep the file on a medium where it is only ever appended to. Knows neither models nor database: the
web server asks before it starts.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils import timezone

from guichet.storage import durable
from guichet.storage.backends import LocalBackend
from guichet.storage.errors import Corrupt
from guichet.storage.keystore import KeyStore, master_key

if TYPE_CHECKING:
    from collections.abc import Iterable
    from io import FileIO

logger = logging.getLogger(__name__)

Place = tuple[int, uuid.UUID]
_GENESIS: Final = hashlib.sha256(b"guichet.destructions").hexdigest()


@dataclass(frozen=True)
class Listed:
    """One object that is gone for ever. `about` says what it was of: `recording:<id>`."""

    seq: int
    at: str  # ISO 8601, UTC
    insurer: int
    object: str
    about: str
    hash: str


def enlist(places: Iterable[Place], *, about: str) -> int:
    """Append what is not listed yet, on disk when this returns; says how many lines. Raises `Corrupt`."""
    path = _path()
    durable.make_directory(path.parent)
    with path.open("a+b", buffering=0) as file:  # a buffer would be written again when the file is closed
        fcntl.flock(file, fcntl.LOCK_EX)
        whole = _whole_lines(file)
        listed = _read(whole)
        known = {(one.insurer, one.object) for one in listed}
        fresh = [place for place in dict.fromkeys(places) if (place[0], str(place[1])) not in known]
        last, lines = listed[-1].hash if listed else _GENESIS, b""
        for seq, (insurer_id, object_id) in enumerate(fresh, start=len(listed) + 1):
            facts = {"seq": seq, "at": timezone.now().isoformat(), "insurer": insurer_id, "object": str(object_id)}
            last = _link(last, facts | {"about": about})
            lines += json.dumps(facts | {"about": about, "hash": last}).encode() + b"\n"
        _append(file, lines, end=len(whole))
    durable.sync_directory(path.parent)
    return len(fresh)


def _whole_lines(file: FileIO) -> bytes:
    """What the list holds. A last line without its end was never promised to anybody: the power went, and it goes."""
    file.seek(0)
    content = file.read()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) != len(content):
        logger.error("The list of destructions ended in half a line: %r", content[len(whole) :])
        os.ftruncate(file.fileno(), len(whole))
    return whole


def _append(file: FileIO, lines: bytes, *, end: int) -> None:
    """All of them on disk, or nothing of them: half a line would stop the list, and every destruction with it."""
    try:
        rest = memoryview(lines)
        while rest:
            rest = rest[file.write(rest) :]
        os.fsync(file.fileno())
    except OSError:
        os.ftruncate(file.fileno(), end)
        raise


def listed() -> list[Listed]:
    """Every line, in order. Raises `Corrupt` if one was changed, taken out or cut."""
    try:
        return _read(_path().read_bytes())
    except FileNotFoundError:
        return []


def is_there(one: Listed) -> bool:
    """Whether it has a key or bytes."""
    keys, objects = KeyStore(Path(settings.KEY_STORE), master_key()), LocalBackend(Path(settings.STORAGE_ROOT))
    object_id = uuid.UUID(one.object)
    return keys.holds(one.insurer, object_id) or objects.holds(one.insurer, object_id)


def _read(content: bytes) -> list[Listed]:
    found: list[Listed] = []
    last = _GENESIS
    for number, line in enumerate(content.splitlines(keepends=True), start=1):
        try:
            one = Listed(**json.loads(line))
        except (ValueError, TypeError):
            raise Corrupt(f"line {number} of the list of destructions is damaged") from None
        facts = {name: value for name, value in asdict(one).items() if name != "hash"}
        if one.seq != number or one.hash != _link(last, facts) or not line.endswith(b"\n"):
            raise Corrupt(f"line {number} of the list of destructions is not what was written")
        last = one.hash
        found.append(one)
    return found


def _link(last: str, facts: dict[str, object]) -> str:
    return hashlib.sha256(f"{last}{json.dumps(facts, sort_keys=True)}".encode()).hexdigest()


def _path() -> Path:
    return Path(settings.DESTRUCTION_LIST)
