"""Where sealed bytes lie: a local directory, or the memory of a test. Both pass the same tests."""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from guichet.storage import durable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from _typeshed import ReadableBuffer


class Backend(Protocol):
    """A keeper of opaque bytes, found by insurer and object."""

    def write(self, insurer_id: int, object_id: UUID, pieces: Iterable[bytes]) -> None:
        """Keep the pieces, all or nothing; durable when this returns."""

    def write_at(self, insurer_id: int, object_id: UUID, place: int, piece: ReadableBuffer) -> None:
        """Keep a piece of bytes that arrive in parts, in order; durable when this returns."""

    def open(self, insurer_id: int, object_id: UUID) -> io.FileIO | io.BytesIO:
        """The bytes, seekable. Raises `FileNotFoundError`."""

    def share(self, insurer_id: int, object_id: UUID, *, to: tuple[int, UUID]) -> None:
        """The same bytes under another insurer and name, without reading them. Raises `FileNotFoundError`."""

    def holds(self, insurer_id: int, object_id: UUID) -> bool:
        """Whether there are any."""

    def delete(self, insurer_id: int, object_id: UUID) -> None:
        """Let them go; nothing happens if they are gone."""

    def objects(self, insurer_id: int, *, before: float) -> Iterator[UUID]:
        """What was written, or begun, before this moment (seconds since 1970)."""


class LocalBackend:
    """A directory, with 256 shards for each insurer."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, insurer_id: int, object_id: UUID, pieces: Iterable[bytes]) -> None:
        durable.write(self._path(insurer_id, object_id), pieces)

    def write_at(self, insurer_id: int, object_id: UUID, place: int, piece: ReadableBuffer) -> None:
        durable.write_at(self._path(insurer_id, object_id), place, piece)

    def open(self, insurer_id: int, object_id: UUID) -> io.FileIO | io.BytesIO:
        return io.FileIO(self._name(insurer_id, object_id))  # no buffer: whoever reads it wants large pieces

    def share(self, insurer_id: int, object_id: UUID, *, to: tuple[int, UUID]) -> None:
        durable.link(self._path(insurer_id, object_id), self._path(*to))

    def holds(self, insurer_id: int, object_id: UUID) -> bool:
        return self._path(insurer_id, object_id).exists()

    def delete(self, insurer_id: int, object_id: UUID) -> None:
        durable.remove(self._path(insurer_id, object_id))

    def objects(self, insurer_id: int, *, before: float) -> Iterator[UUID]:
        return named_by_id(self.root / str(insurer_id), before=before)

    def _path(self, insurer_id: int, object_id: UUID) -> Path:
        return Path(self._name(insurer_id, object_id))

    def _name(self, insurer_id: int, object_id: UUID) -> str:
        """As text: every reading asks, and joining paths costs as much as reading the key."""
        name = object_id.hex
        return f"{self.root}/{insurer_id}/{name[:2]}/{name}"


class MemoryBackend:
    """The same in memory, for tests."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, UUID], tuple[float, bytes]] = {}

    def write(self, insurer_id: int, object_id: UUID, pieces: Iterable[bytes]) -> None:
        self._kept[insurer_id, object_id] = (time.time(), b"".join(pieces))

    def write_at(self, insurer_id: int, object_id: UUID, place: int, piece: ReadableBuffer) -> None:
        _at, before = self._kept.get((insurer_id, object_id), (0.0, b""))
        self._kept[insurer_id, object_id] = (time.time(), before[:place].ljust(place, b"\0") + bytes(piece))

    def share(self, insurer_id: int, object_id: UUID, *, to: tuple[int, UUID]) -> None:
        if (insurer_id, object_id) not in self._kept:
            raise FileNotFoundError(str(object_id))
        self._kept.setdefault(to, (time.time(), self._kept[insurer_id, object_id][1]))

    def open(self, insurer_id: int, object_id: UUID) -> io.FileIO | io.BytesIO:
        try:
            return io.BytesIO(self._kept[insurer_id, object_id][1])
        except KeyError:
            raise FileNotFoundError(str(object_id)) from None

    def holds(self, insurer_id: int, object_id: UUID) -> bool:
        return (insurer_id, object_id) in self._kept

    def delete(self, insurer_id: int, object_id: UUID) -> None:
        self._kept.pop((insurer_id, object_id), None)

    def objects(self, insurer_id: int, *, before: float) -> Iterator[UUID]:
        return iter([name for (owner, name), (at, _) in self._kept.items() if owner == insurer_id and at < before])


def named_by_id(directory: Path, *, before: float) -> Iterator[UUID]:
    """Ids of the files in the shards of a directory, finished or not, that are older than `before`."""
    seen: UUID | None = None
    for path in sorted(directory.glob("??/*")):
        try:
            name = UUID(path.name.removesuffix(durable.UNFINISHED))
        except ValueError:  # none of ours: what a file system or a copying tool left
            continue
        try:
            old = path.stat().st_mtime < before
        except FileNotFoundError:  # finished or destroyed a moment ago
            continue
        if old and name != seen:
            seen = name
            yield name
