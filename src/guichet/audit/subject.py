"""The person concerned, as the audit knows them: an HMAC that only the holder of the secret key can look for."""

from __future__ import annotations

import hmac
import re
from functools import lru_cache
from typing import Final

from django.conf import settings

_PURPOSE: Final = b"guichet.audit.subject"
_PUNCTUATION: Final = re.compile(r"[\W_]")
_LENGTH: Final = 32  # hexadecimal digits: 128 bits


@lru_cache(maxsize=8)
def _key(secret: str) -> bytes:
    """HKDF-SHA256 (RFC 5869) of the secret key, one block, no salt."""
    extracted = hmac.digest(bytes(32), secret.encode(), "sha256")
    return hmac.digest(extracted, _PURPOSE + b"\x01", "sha256")


def reference(subject: str, *, insurer_id: int | None, secret: str | None = None) -> str:
    """The reference of an AVS number or other identifier at one insurer; every usual spelling gives the same one.

    Two insurers give one person two references, so that their entries cannot be joined.
    """
    canonical = _PUNCTUATION.sub("", subject).upper()
    if not canonical:
        return ""
    message = f"{insurer_id or 0}:{canonical}".encode(errors="replace")
    return hmac.digest(_key(secret or settings.SECRET_KEY), message, "sha256").hex()[:_LENGTH]


def references(subject: str, *, insurer_id: int | None) -> list[str]:
    """The references under the current and the earlier secret keys, to look for."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [reference(subject, insurer_id=insurer_id, secret=secret) for secret in secrets]
