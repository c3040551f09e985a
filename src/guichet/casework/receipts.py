"""Numbers, receipt codes and content hashes of what was sent (INV-07, FRM-06)."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from guichet.tenancy.models import Insurer

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 signs, none that looks like another
_CODE_LENGTH = 16  # 80 bits: cannot be guessed, can be typed


def next_number(insurer: Insurer, year: int) -> str:
    """« VS-2026-000123 »: unique per insurer and year, one statement, gaps allowed (INV-07)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO casework_numberseries (insurer_id, year, last) VALUES (%s, %s, 1)"
            " ON CONFLICT (insurer_id, year) DO UPDATE SET last = casework_numberseries.last + 1 RETURNING last",
            [insurer.pk, year],
        )
        (last,) = cursor.fetchone()
    return f"{insurer.number_prefix}-{year}-{last:06d}"


def new_receipt_code() -> str:
    """Four groups of four signs, for example K7QM-2WXP-9DRT-HN4C."""
    signs = [secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH)]
    return "-".join("".join(signs[start : start + 4]) for start in range(0, _CODE_LENGTH, 4))


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of what was sent."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
