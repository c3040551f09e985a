"""Where a page of a list begins, as a word in an address: the moment and the id of a row (keyset pages, PERF-01)."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime
from uuid import UUID

_LONGEST = 300  # characters of an address that are looked at


def encode(moment: datetime, row_id: UUID) -> str:
    """The page after this row begins here."""
    return base64.urlsafe_b64encode(json.dumps([moment.isoformat(), str(row_id)]).encode()).decode().rstrip("=")


def decode(cursor: str) -> tuple[datetime, UUID] | None:
    """Where a page begins, in UTC; None for nothing and for nonsense."""
    if not cursor:
        return None
    try:
        moment, row_id = json.loads(base64.urlsafe_b64decode(cursor[:_LONGEST] + "=" * (-len(cursor) % 4)))
        at = datetime.fromisoformat(moment)
        return (at.astimezone(UTC), UUID(row_id)) if at.tzinfo else None
    except (ValueError, TypeError, OverflowError, AttributeError, binascii.Error, UnicodeDecodeError):
        return None
