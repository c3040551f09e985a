"""Files that are there after a power cut: written beside, synced, renamed, and the directory synced too."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from guichet.storage.errors import NoRoom

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from _typeshed import ReadableBuffer

UNFINISHED = ".part"  # a file of this ending was never promised to anybody
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})  # the disk, a quota, a limit of the process

_together: ContextVar[bool] = ContextVar("guichet_synced_together", default=False)


@contextmanager
def synced_together() -> Iterator[None]:
    """What is written inside is on disk when the block ends, not file by file.

    For filling fresh data that is thrown away if that is cut short (the demo); never for what somebody was promised.
    """
    token = _together.set(True)
    try:
        yield
    finally:
        _together.reset(token)
        os.sync()


def write(path: Path, pieces: Iterable[bytes]) -> None:
    """Write the pieces to `path`, all or nothing, readable by its owner only; on disk when this returns.

    Raises `NoRoom` as everything here that writes.
    """
    part = path.with_name(path.name + UNFINISHED)
    with _room():
        make_directory(path.parent)
        try:
            _write_synced(part, pieces)
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        sync_directory(path.parent)


def write_at(path: Path, place: int, piece: ReadableBuffer) -> None:
    """Write bytes at a place of a file that grows; content and name are on disk when this returns.

    What lies beyond the piece is cut off: nobody was promised it; so is the piece itself if it has no room. The name
    is put on disk with the first piece, also where the file is there already: whoever made it may have died before
    that. `fdatasync` leaves out the times of a file alone; its length and where its blocks lie are needed to read what
    was written, so it waits for them.
    """
    is_first = place == 0
    with _room():
        if is_first:
            make_directory(path.parent)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            _write_at(descriptor, place, piece)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, place)  # room for somebody else; what was acknowledged ends here
            raise
        finally:
            os.close(descriptor)
        if is_first:
            sync_directory(path.parent)


def _write_at(descriptor: int, place: int, piece: ReadableBuffer) -> None:
    view = memoryview(piece)
    while view:
        written = os.pwrite(descriptor, view, place)
        view, place = view[written:], place + written
    if os.fstat(descriptor).st_size > place:  # cutting costs a write of its own, even where nothing is cut
        os.ftruncate(descriptor, place)
    if not _together.get():
        os.fdatasync(descriptor)


def link(source: Path, target: Path) -> None:
    """Give a file a second name, on disk when this returns; it counts as young again, for the sweep of orphans."""
    with _room():
        make_directory(target.parent)
        target.hardlink_to(source)
        os.utime(target)
        sync_directory(target.parent)


def write_once(path: Path, content: bytes) -> bytes:
    """Write a file that may exist; the first of several writers wins. Returns what the file holds."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(8)}{UNFINISHED}")
    with _room():
        make_directory(path.parent)
        try:
            _write_synced(part, [content])
            path.hardlink_to(part)
            sync_directory(path.parent)
        except FileExistsError:
            pass
        finally:
            part.unlink(missing_ok=True)
    return path.read_bytes()


def read_short(path: str) -> bytes:
    """What a file of less than 4 KiB holds, in one call: opened as a Python file it would take six times as long."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, 4096)
    finally:
        os.close(descriptor)


def remove(path: Path) -> None:
    """Remove the file and what was left unfinished of it; nothing happens if it is gone."""
    for victim in (path, path.with_name(path.name + UNFINISHED)):
        try:
            victim.unlink()
        except FileNotFoundError:
            continue
        sync_directory(path.parent)


def shred(path: Path) -> None:
    """Overwrite the file with noise on disk, then remove it; nothing happens if it is gone."""
    try:
        descriptor = os.open(path, os.O_WRONLY)
    except FileNotFoundError:
        remove(path)
        return
    try:
        os.write(descriptor, secrets.token_bytes(os.fstat(descriptor).st_size))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    remove(path)


def make_directory(path: Path) -> None:
    """Make the directory and its parents, each entry on disk, for their owner only."""
    if path.is_dir():
        return
    make_directory(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Put the names in the directory on disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _sync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _room() -> Iterator[None]:
    """What the disk says when it is full, in our own word."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL and not isinstance(error, NoRoom):
            raise NoRoom(error.errno, error.strerror) from error
        raise


def _write_synced(path: Path, pieces: Iterable[bytes]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        for piece in pieces:
            view = memoryview(piece)
            while view:
                view = view[file.write(view) :]
        _sync(file.fileno())


def _sync(descriptor: int) -> None:
    if not _together.get():
        os.fsync(descriptor)
