"""AES-256-GCM in chunks: written in one go, read from any byte, and no damage goes unnoticed.

Every object has a key of its own, used once, so a chunk's number is its nonce. The last chunk carries a flag in its
nonce (a cut tail fails), and every chunk is bound to its insurer, object and place (OWASP ASVS 11.3.3, 11.3.4).

An upload that arrives in parts may write the same chunk twice, with other content, if the first attempt was never
acknowledged. There the number must not be the nonce: a random one lies before each chunk, and the flag of the last
chunk is in the associated data (`PARTS`).
"""

from __future__ import annotations

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
_VERSION: Final = b"guichet-object-1"


@dataclass(frozen=True)
class Binding:
    """What sealed bytes belong to; elsewhere they do not open."""

    insurer_id: int
    object_id: UUID

    def chunk(self, index: int) -> bytes:
        """Associated data of one chunk."""
        return _VERSION + self.insurer_id.to_bytes(8, "big") + self.object_id.bytes + index.to_bytes(8, "big")


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
        self._sealed = bytearray(_NONCE_SIZE + size + TAG_SIZE)
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
    """The clear bytes of a sealed file, seekable; holds one chunk in memory. Raises `Corrupt` on any damage."""

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
        piece = self._chunk(index)[offset : offset + len(target)]
        target[: len(piece)] = piece
        self._place += len(piece)
        return len(piece)

    def readall(self) -> bytes:
        first, offset = divmod(self._place, self._chunk_size)
        pieces = [self._chunk(index) for index in range(first, _chunks(self._size, self._chunk_size))]
        if pieces:
            pieces[0] = pieces[0][offset:]
        self._place = max(self._place, self._size)
        return b"".join(pieces)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()

    def _chunk(self, index: int) -> memoryview:
        if self._held[0] != index:
            whole = self._chunk_size + _OVERHEAD[self._algorithm]
            self._file.seek(index * whole)
            sealed = self._file.read(whole)
            last = index == _chunks(self._size, self._chunk_size) - 1
            try:
                clear = self._open(index, sealed, last=last)
            except InvalidTag:
                raise Corrupt(f"{self._binding.object_id}: chunk {index} is not what was sealed") from None
            self._held = (index, memoryview(clear))
        return self._held[1]

    def _open(self, index: int, sealed: bytes, *, last: bool) -> bytes:
        about = self._binding.chunk(index)
        if self._algorithm == PARTS:
            return self._box.decrypt(sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:], about + bytes([last]))
        return self._box.decrypt(_nonce(index, last=last), sealed, about)


def _nonce(index: int, *, last: bool) -> bytes:
    return index.to_bytes(11, "big") + bytes([last])


def _chunks(size: int, chunk_size: int) -> int:
    return max(1, -(-size // chunk_size))
