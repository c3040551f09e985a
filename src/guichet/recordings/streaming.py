"""A listening as the browser gets it: its keys, the signatures of its addresses, its playlist, its sealed segments.

HLS with fMP4 segments, each sealed as a whole with AES-128-CBC under a key of this listening alone. What can be heard
can be recorded; this only sees to it that an address or a cached piece is worth nothing to anybody else, and
nothing a minute after the listening is over.
"""

from __future__ import annotations

import hmac
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES128
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.padding import PKCS7
from django.conf import settings

from guichet import storage

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from guichet.storage.models import StoredObject

Piece = tuple[int, int, int, int]
"""One line of `Recording.segments`: first byte, length, start in ms, duration in ms; the first line is the header."""

BY_COOKIE: Final = "s"  # in the place of a pass: the session's cookie says who asks
_SIGNATURE: Final = 32  # hexadecimal digits: 128 bits


@dataclass(frozen=True)
class Keys:
    """The secrets of one listening; derived anew for every request, kept nowhere."""

    sound: bytes  # AES-128
    addresses: bytes
    passes: bytes

    def sign(self, name: str) -> str:
        """What the address of « name » carries; worth nothing in another listening."""
        return hmac.digest(self.addresses, name.encode(), "sha256").hex()[:_SIGNATURE]

    def signed(self, name: str, signature: str) -> bool:
        """Whether this listening made the address."""
        return hmac.compare_digest(self.sign(name).encode(), signature.encode())

    def make_pass(self, until: datetime) -> str:
        """For players that send no cookie: part of the path, short-lived."""
        end = str(int(until.timestamp()))
        return f"{end}-{hmac.digest(self.passes, end.encode(), 'sha256').hex()[:_SIGNATURE]}"

    def pass_holds(self, given: str, now: datetime) -> bool:
        """Whether this listening made the pass and its time is not over."""
        end, _, signature = given.partition("-")
        wanted = hmac.digest(self.passes, end.encode(), "sha256").hex()[:_SIGNATURE]
        genuine = hmac.compare_digest(wanted.encode(), signature.encode())
        return genuine and end.isascii() and end.isdigit() and now.timestamp() < int(end)


def keys_of(listening_id: UUID, salt: bytes) -> Keys:
    """HKDF-SHA256 of the server's secret, with the salt of the listening."""
    info = b"guichet listening 1" + listening_id.bytes
    made = HKDF(SHA256(), 80, salt=bytes(salt), info=info).derive(settings.SECRET_KEY.encode())
    return Keys(made[:16], made[16:48], made[48:])


def playlist(keys: Keys, segments: list[Piece], address: Callable[[str], str]) -> str:
    """The playlist; `address` gives the address of « key », of « 0 » (the header), of « 1 » and so on.

    The sequence number of a segment is its IV, as RFC 8216 4.3.2.4 has it; only the header needs to name one.
    """

    def signed(name: str) -> str:
        return f"{address(name)}?s={keys.sign(name)}"

    longest = max((piece[3] for piece in segments[1:]), default=0)
    key = f'#EXT-X-KEY:METHOD=AES-128,URI="{signed("key")}"'
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{max(1, math.ceil(longest / 1000))}",
        "#EXT-X-MEDIA-SEQUENCE:1",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        f"{key},IV=0x{0:032x}",
        f'#EXT-X-MAP:URI="{signed("0")}"',
        key,
    ]
    for number, piece in enumerate(segments[1:], start=1):
        lines += [f"#EXTINF:{piece[3] / 1000:.3f},", signed(str(number))]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def sealed(keys: Keys, number: int, clear: bytes | memoryview) -> bytes:
    """A segment, sealed as a whole; its number is the IV."""
    padder = PKCS7(128).padder()
    box = Cipher(AES128(keys.sound), CBC(number.to_bytes(16, "big"))).encryptor()
    return box.update(padder.update(bytes(clear)) + padder.finalize()) + box.finalize()


def cut(copy: StoredObject, piece: Piece) -> memoryview:
    """The bytes of one segment, read from the stored copy and nothing around it. Raises as `storage.read_range`."""
    return storage.read_range(copy, piece[0], piece[1])
