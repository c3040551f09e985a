"""AES-256-GCM in chunks: written in one go, read from any byte, and no damage goes unnoticed.

Every object has a key of its own, used once, so a chunk's number is its nonce. The last chunk carries a flag in its
nonce (a cut tail fails), and every chunk is bound to its insurer, object and place (OWASP ASVS 11.3.3, 11.3.4).

An upload that arrives in parts may write the same chunk twice, with other content, if the first attempt was never
acknowledged. There the number must not be the nonce: a random one lies before each chunk, and the flag of the last
chunk is in the associated data (`PARTS`).
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import secrets
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import GCM

from guichet.storage.errors import Corrupt, TooLarge

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from _typeshed import WriteableBuffer

ALGORITHM: Final = "aes256gcm-v1"
CHUNK_SIZE: Final = 1024 * 1024  # bytes in the clear; what a document is sealed with
PARTS: Final = "aes256gcm-parts-v1"  # of what arrives in parts
PART_SIZE: Final = 8 * 1024 * 1024  # bytes in the clear of one part; the last one may be shorter
TAG_SIZE: Final = 16  # bytes GCM adds to a chunk
_NONCE_SIZE: Final = 12
_OVERHEAD: Final = {ALGORITHM: TAG_SIZE, PARTS: _NONCE_SIZE + TAG_SIZE}  # bytes on disk beyond those in the clear
_SCRATCH: Final = 257 * 1024  # sealed bytes of chunks that are read at once, if several: they stay in the core's cache
_VERSION: Final = b"guichet-object-1"


@dataclass(frozen=True)
class Binding:
    """What sealed bytes belong to; elsewhere they do not open."""

    insurer_id: int
    object_id: UUID

    def chunk(self, index: int) -> bytes:
        """Associated data of one chunk."""
        return self._whose + index.to_bytes(8, "big")

    @functools.cached_property
    def _whose(self) -> bytes:
        return _VERSION + self.insurer_id.to_bytes(8, "big") + self.object_id.bytes


class Intake:
    """Reads a source for sealing: at most `limit` + 1 bytes of it, counted and hashed on the way."""

    def __init__(self, source: BinaryIO, limit: int) -> None:
        self._source = source
        self._limit = limit
        self._digest = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        """Of all bytes read so far, hexadecimal."""
        return self._digest.hexdigest()

    def read(self, count: int) -> bytes:
        """Exactly `count` bytes, or fewer at the end. Raises `TooLarge` beyond the limit."""
        pieces = []
        while count and (piece := self._source.read(min(count, self._limit + 1 - self.size))):
            self.size += len(piece)
            if self.size > self._limit:
                raise TooLarge(self._limit)
            self._digest.update(piece)
            pieces.append(piece)
            count -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def seal(intake: Intake, key: bytes, binding: Binding, chunk_size: int = CHUNK_SIZE) -> Iterator[bytes]:
    """The sealed chunks of a source, in order; an empty source has one, empty but sealed."""
    box = AESGCM(key)
    index = 0
    chunk = intake.read(chunk_size)
    while True:
        following = intake.read(chunk_size) if len(chunk) == chunk_size else b""
        yield box.encrypt(_nonce(index, last=not following), chunk, binding.chunk(index))
        if not following:
            return
        chunk = following
        index += 1


class PartSeal:
    """Seals one part of an upload while it arrives, with its nonce before it; the same part may be sealed again.

    It is in memory once, and sealed: two buffers of 8 MiB cost more in page faults than the encryption itself. What
    comes out is what `AESGCM` makes of the whole part, however it was cut.
    """

    def __init__(self, size: int, key: bytes, binding: Binding, index: int, *, last: bool) -> None:
        nonce = secrets.token_bytes(_NONCE_SIZE)
        self._box = Cipher(AES256(key), GCM(nonce)).encryptor()
        self._box.authenticate_additional_data(binding.chunk(index) + bytes([last]))
        self._sealed = _buffer(_NONCE_SIZE + size + TAG_SIZE)
        self._sealed[:_NONCE_SIZE] = nonce
        self.missing = size

    def add(self, piece: bytes) -> None:
        """The bytes that follow. Raises `ValueError` if they are more than the part has."""
        if len(piece) > self.missing:
            raise ValueError(f"{len(piece) - self.missing} bytes too many")
        place = len(self._sealed) - TAG_SIZE - self.missing
        self.missing -= self._box.update_into(piece, memoryview(self._sealed)[place:])

    def finish(self) -> bytearray:
        """The sealed part, once. Raises `ValueError` while bytes are missing."""
        if self.missing:
            raise ValueError(f"{self.missing} bytes are missing")
        self._box.finalize()
        self._sealed[-TAG_SIZE:] = self._box.tag
        return self._sealed

    def release(self) -> None:
        """What `finish` gave is on disk: the buffer may serve another part, and this one is over."""
        _spare[:] = [self._sealed]
        self._sealed = bytearray()


_spare: Final[list[bytearray]] = []  # one for the whole process, or each of its threads would keep one for ever


def _buffer(size: int) -> bytearray:
    with contextlib.suppress(IndexError):
        if len(spare := _spare.pop()) == size:
            return spare
    return bytearray(size)


def seal_part(data: bytes, key: bytes, binding: Binding, index: int, *, last: bool) -> bytearray:
    """One part that is there already; see `PartSeal`."""
    seal = PartSeal(len(data), key, binding, index, last=last)
    seal.add(data)
    return seal.finish()


def part_place(index: int, chunk_size: int = PART_SIZE) -> int:
    """Where a part begins on disk, in bytes."""
    return index * (chunk_size + _OVERHEAD[PARTS])


def sealed_size(size: int, chunk_size: int, algorithm: str = ALGORITHM) -> int:
    """Bytes on disk of `size` bytes in the clear."""
    return size + _OVERHEAD[algorithm] * _chunks(size, chunk_size)


class SealedFile:
    """A sealed file by its chunks. Raises `Corrupt` on any damage."""

    def __init__(
        self,
        file: io.FileIO | io.BytesIO,
        key: bytes,
        binding: Binding,
        *,
        size: int,
        chunk_size: int,
        algorithm: str = ALGORITHM,
    ) -> None:
        self.size, self.chunk_size = size, chunk_size
        self._in_parts = algorithm == PARTS
        self._file = file
        self._box = AESGCM(key)
        self._binding = binding
        self._whole = chunk_size + _OVERHEAD[algorithm]  # on disk
        self._last = _chunks(size, chunk_size) - 1
        self._own = memoryview(b"")
        if file.seek(0, io.SEEK_END) != sealed_size(size, chunk_size, algorithm):
            raise Corrupt(f"{binding.object_id}: wrong length on disk")

    def close(self) -> None:
        self._file.close()

    def open_into(self, clear: memoryview, first: int) -> None:
        """Open whole chunks from the first one on, until this is full; what is in it counts only once this returns."""
        done, step = 0, self.chunk_size
        while True:
            count = min(max(1, _SCRATCH // self._whole), _chunks(len(clear) - done, step))
            for sealed in self._sealed(first, count):
                self._open(sealed, clear[done : done + step], first)
                first, done = first + 1, done + step
            if done >= len(clear):
                return

    def range(self, start: int, length: int) -> memoryview:
        """These bytes; the chunks they lie in are opened whole. Raises `Corrupt` beyond the end."""
        if start < 0 or length < 0 or start + length > self.size:
            raise Corrupt(f"{self._binding.object_id}: {length} bytes at {start} lie beyond its end")
        step = self.chunk_size
        first = start // step
        place = first * step
        clear = memoryview(bytearray(min(self.size - place, _chunks(start + length - place, step) * step)))
        self.open_into(clear, first)
        return clear[start - place : start - place + length]

    def _sealed(self, first: int, count: int) -> list[memoryview]:
        """Chunks as they lie in the file, read at once; good until the next reading."""
        whole = self._whole
        if count * whole <= _SCRATCH:
            buffer = _scratch.sealed
        else:
            if not self._own:
                self._own = memoryview(bytearray(min(whole, self._file.seek(0, io.SEEK_END))))
            buffer = self._own
        self._file.seek(first * whole)
        got = self._file.readinto(buffer[: count * whole])
        return [buffer[place : min(place + whole, got)] for place in range(0, count * whole, whole)]

    def _open(self, sealed: memoryview, clear: memoryview, index: int) -> None:
        about, last = self._binding.chunk(index), index == self._last
        try:
            if self._in_parts:
                about += _LAST if last else _MIDDLE
                self._box.decrypt_into(sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:], about, clear)
            else:
                self._box.decrypt_into(_nonce(index, last=last), sealed, about, clear)
        except (InvalidTag, ValueError):  # another length, if the file was cut since it was opened
            raise Corrupt(f"{self._binding.object_id}: chunk {index} is not what was sealed") from None


class SealedReader(io.RawIOBase):
    """The clear bytes of a sealed file, seekable. Raises `Corrupt` on any damage.

    Whole chunks are opened where the reader wants them; the last one that was wanted in part is held in memory.
    """

    def __init__(self, file: SealedFile) -> None:
        super().__init__()
        self._file = file
        self._place = 0
        self._held = -1  # number of the chunk that is in `_clear`
        self._clear = memoryview(bytearray())

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._file.size}[whence]
        if start + offset < 0:
            raise ValueError(f"negative seek position {start + offset}")
        self._place = start + offset
        return self._place

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill the buffer, as far as there are bytes; what is in it counts only once this has returned."""
        size = self._file.size
        target = memoryview(buffer).cast("B")[: max(0, size - self._place)]
        if not size and not self._place:
            self._hold(0)  # the one chunk of an empty object is checked, too
        done = 0
        while done < len(target):
            done += self._fill(target[done:])
        return done

    def readall(self) -> bytes:
        clear = bytearray(max(0, self._file.size - self._place))
        self.readinto(clear)
        return bytes(clear)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()

    def _fill(self, target: memoryview) -> int:
        """Whole chunks, or what is wanted of one; says how many bytes."""
        step = self._file.chunk_size
        index, offset = divmod(self._place, step)
        to_end = self._file.size - self._place
        length = to_end if to_end == len(target) else len(target) // step * step
        if offset or not length or self._held == index:
            self._hold(index)
            piece = self._clear[offset : offset + len(target)]
            length = len(piece)
            target[:length] = piece
        else:
            self._file.open_into(target[:length], index)
        self._place += length
        return length

    def _hold(self, index: int) -> None:
        if self._held == index:
            return
        self._held, step = -1, self._file.chunk_size
        length = min(step, self._file.size - index * step)
        if len(self._clear) != length:
            self._clear = memoryview(bytearray(length))
        self._file.open_into(self._clear, index)
        self._held = index


_LAST, _MIDDLE = bytes([True]), bytes([False])


class _Scratch(threading.local):
    """Where sealed bytes lie between file and box: one place a thread; fresh memory costs more than opening them."""

    def __init__(self) -> None:
        self.sealed = memoryview(bytearray(_SCRATCH))


_scratch: Final = _Scratch()


def _nonce(index: int, *, last: bool) -> bytes:
    return index.to_bytes(11, "big") + bytes([last])


def _chunks(size: int, chunk_size: int) -> int:
    return max(1, -(-size // chunk_size))
