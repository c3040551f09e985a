"""Keeps what is to be sent unreadable to whoever reads the database (SEC-06).

Both keys are derived from `settings.SECRET_KEY` (HKDF-SHA256); `SECRET_KEY_FALLBACKS` still open what was sealed
before the key changed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from uuid import UUID

_NONCE_BYTES: Final = 12


class Unreadable(Exception):
    """The blob was sealed with a key we no longer have, belongs to another item, or was changed."""


def seal(content: Mapping[str, str], *, insurer_id: int, item_id: UUID) -> bytes:
    """AES-256-GCM, bound to its row: a blob copied to another item or insurer does not open."""
    nonce = os.urandom(_NONCE_BYTES)
    data = json.dumps(dict(content), ensure_ascii=False).encode()
    return nonce + AESGCM(_derive(settings.SECRET_KEY, "body")).encrypt(nonce, data, _place(insurer_id, item_id))


def unseal(blob: bytes, *, insurer_id: int, item_id: UUID) -> dict[str, str]:
    """The content again. Raises `Unreadable`."""
    nonce, sealed = blob[:_NONCE_BYTES], blob[_NONCE_BYTES:]
    for secret in _secrets():
        try:
            data = AESGCM(_derive(secret, "body")).decrypt(nonce, sealed, _place(insurer_id, item_id))
        except (InvalidTag, ValueError):
            continue
        content: dict[str, str] = json.loads(data)
        return content
    raise Unreadable


def recipient_hash(recipient: str) -> str:
    """The same address or number gives the same hash; nobody without the key can try them all."""
    return _hash(settings.SECRET_KEY, recipient)


def recipient_hashes(recipient: str) -> list[str]:
    """All hashes under which a recipient may be stored, newest key first."""
    return [_hash(secret, recipient) for secret in _secrets()]


def _hash(secret: str, recipient: str) -> str:
    return hmac.new(_derive(secret, "recipient"), recipient.strip().lower().encode(), hashlib.sha256).hexdigest()


def _secrets() -> Iterator[str]:
    yield settings.SECRET_KEY
    yield from settings.SECRET_KEY_FALLBACKS


def _place(insurer_id: int, item_id: UUID) -> bytes:
    return f"{insurer_id}/{item_id}".encode()


@lru_cache(maxsize=32)
def _derive(secret: str, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"guichet notify {purpose}".encode()).derive(secret.encode())
