"""Secrets: link tokens, login codes, and the keyed hashes they are stored as."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Final

from django.utils.crypto import salted_hmac

if TYPE_CHECKING:
    from uuid import UUID

_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # no I and O: they look like 1 and 0
_NUMBER_SIGNS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_token() -> str:
    """256 random bits for a cookie or a link; only `token_hash` of it is stored (ASVS 11.5.1)."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """SHA-256: nothing slower is needed for 256 random bits, and no key, so that keys may be rotated."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_code() -> str:
    """Six digits, leading zeros kept."""
    return f"{secrets.randbelow(10**6):06d}"


def new_reference() -> str:
    """The two letters that tell a late SMS from the awaited one."""
    return secrets.choice(_LETTERS) + secrets.choice(_LETTERS)


def new_number(prefix: str) -> str:
    """Number of a registration, "VS-7K3Q9M": says nothing about how many there are."""
    return f"{prefix}-" + "".join(secrets.choice(_NUMBER_SIGNS) for _ in range(6))


def code_hash(owner: UUID, code: str) -> str:
    """A code is worth something only for the attempt or ticket it was made for, and only with the server's key."""
    return keyed("code", f"{owner}:{code}")


def keyed(purpose: str, value: str) -> str:
    """HMAC-SHA256 with a key derived from the server's secret, hexadecimal."""
    return salted_hmac(f"guichet.accounts.{purpose}", value, algorithm="sha256").hexdigest()
