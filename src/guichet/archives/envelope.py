"""An envelope in the age format (age-encryption.org/v1, recipient « scrypt »), written as the bytes come.

The known library seals by passphrase only what lies whole in memory, and a recording has up to two gigabytes. The
format is small and published (C2SP, age.md); what is written here is opened by `age` itself in the tests.
"""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING, Final, Self

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

if TYPE_CHECKING:
    from types import TracebackType

    from guichet.archives.image import Out

WORK: Final = 16  # 2^16 rounds: 64 MiB and a fifth of a second; the passphrase itself has 99 bits
_CHUNK: Final = 64 * 1024
_SIGNS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is taken for another
_GROUPS: Final = 5


def new_passphrase() -> str:
    """Twenty random signs in five groups, « K7QD-2M9X-… »: 99 bits, read aloud and typed without doubt."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(_GROUPS))


class Sealer:
    """`with Sealer(out, passphrase) as sealed: sealed.write(…)`. What is not closed without error cannot be opened."""

    def __init__(self, out: Out, passphrase: str) -> None:
        self._out = out
        self._waiting = bytearray()
        self._count = 0
        key, nonce = secrets.token_bytes(16), secrets.token_bytes(16)
        out.write(_header(key, passphrase) + nonce)
        self._box = ChaCha20Poly1305(_derived(key, salt=nonce, about=b"payload"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._seal(len(self._waiting), last=True)

    def write(self, data: bytes) -> int:
        """Take the bytes; whole chunks go on at once, the last one with the end."""
        self._waiting += data
        while len(self._waiting) > _CHUNK:
            self._seal(_CHUNK, last=False)
        return len(data)

    def flush(self) -> None:
        """Nothing: a chunk is sealed when it is whole."""

    def _seal(self, length: int, *, last: bool) -> None:
        nonce = self._count.to_bytes(11, "big") + bytes([last])
        self._out.write(self._box.encrypt(nonce, bytes(self._waiting[:length]), None))
        del self._waiting[:length]
        self._count += 1


def _header(key: bytes, passphrase: str) -> bytes:
    salt = secrets.token_bytes(16)
    wrapping = Scrypt(salt=b"age-encryption.org/v1/scrypt" + salt, length=32, n=1 << WORK, r=8, p=1).derive(
        passphrase.encode()
    )
    body = ChaCha20Poly1305(wrapping).encrypt(bytes(12), key, None)
    head = b"age-encryption.org/v1\n-> scrypt %s %d\n%s\n---" % (_b64(salt), WORK, _b64(body))
    mac = HMAC(_derived(key, salt=b"", about=b"header"), hashes.SHA256())
    mac.update(head)
    return head + b" " + _b64(mac.finalize()) + b"\n"


def _derived(key: bytes, *, salt: bytes, about: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=salt, info=about).derive(key)


def _b64(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")
