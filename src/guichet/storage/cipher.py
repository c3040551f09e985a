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
_AT_ONCE: Final = 1024 * 1024  # bytes in the clear of all the chunks that are read from the file at once, if several
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


class SealedReader(io.RawIOBase):
    """The clear bytes of a sealed file, seekable. Raises `Corrupt` on any damage.

    Whole chunks are opened where the reader wants them; the last one that was wanted in part is held in memory.
    """

    def __init__(
        self,
        file: BinaryIO,
        key: bytes,
        binding: Binding,
        *,
        size: int,
        chunk_size: int,
        algorithm: str = ALGORITHM,
    ) -> None:
        super().__init__()
        self._algorithm = algorithm
        self._file = file
        self._box = AESGCM(key)
        self._binding = binding
        self._size = size
        self._chunk_size = chunk_size
        self._place = 0
        self._held: tuple[int, memoryview] = (-1, memoryview(b""))
        if file.seek(0, io.SEEK_END) != sealed_size(size, chunk_size, algorithm):
            raise Corrupt(f"{binding.object_id}: wrong length on disk")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError(f"negative seek position {start + offset}")
        self._place = start + offset
        return self._place

    def readinto(self, buffer: WriteableBuffer) -> int:
        target = memoryview(buffer).cast("B")
        if self._place >= max(self._size, 1):  # the one chunk of an empty object is checked too
            return 0
        index, offset = divmod(self._place, self._chunk_size)
        if self._held[0] != index:
            length = self._open_into(target, index)
        else:
            piece = self._held[1][offset : offset + len(target)]
            length = len(piece)
            target[:length] = piece
        self._place += length
        return length

    def readall(self) -> bytes:
        clear, done = memoryview(bytearray(max(0, self._size - self._place))), 0
        while count := self.readinto(clear[done:]):
            done += count
        return bytes(clear)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()

    def _open_into(self, target: memoryview, first: int) -> int:
        """Fill the target from here on, with as many chunks as one reading may have; says with how many bytes."""
        step, place = self._chunk_size, self._place
        length = min(len(target), self._size - place, (first + max(1, _AT_ONCE // step)) * step - place)
        count = max(1, _chunks(place + length, step) - first)
        for index, sealed in enumerate(self._sealed(first, count), start=first):
            start, stop = index * step - place, min((index + 1) * step, self._size) - place  # in the target
            if start >= 0 and stop <= length:
                self._open(sealed, target[start:stop], index)
            else:
                clear = memoryview(bytearray(stop - start))
                self._open(sealed, clear, index)
                self._held = (index, clear)
                wanted = clear[max(0, -start) : length - start]
                target[max(0, start) : max(0, start) + len(wanted)] = wanted
        return length

    def _sealed(self, first: int, count: int) -> Iterator[memoryview]:
        """Chunks as they lie in the file, read at once."""
        whole = self._chunk_size + _OVERHEAD[self._algorithm]
        self._file.seek(first * whole)
        sealed = memoryview(self._file.read(count * whole))
        return (sealed[number * whole : (number + 1) * whole] for number in range(count))

    def _open(self, sealed: memoryview, clear: memoryview, index: int) -> None:
        about, last = self._binding.chunk(index), index == _chunks(self._size, self._chunk_size) - 1
        nonce: bytes | memoryview = _nonce(index, last=last)
        if self._algorithm == PARTS:
            nonce, sealed, about = sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:], about + bytes([last])
        try:
            self._box.decrypt_into(nonce, sealed, about, clear)
        except (InvalidTag, ValueError):  # another length, if the file was cut since it was opened
            raise Corrupt(f"{self._binding.object_id}: chunk {index} is not what was sealed") from None


def _nonce(index: int, *, last: bool) -> bytes:
    return index.to_bytes(11, "big") + bytes([last])


def _chunks(size: int, chunk_size: int) -> int:
    return max(1, -(-size // chunk_size))
