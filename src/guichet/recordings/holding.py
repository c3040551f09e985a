"""For whom the key of a recording is wrapped: the expert's affiliation until the sending, then the office (REC-04)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from uuid import UUID

OFFICE: Final = ""
"""As `storage` names the insurer itself."""


def holder_of(affiliation_id: UUID) -> str:
    """How `storage` names an expert or a centre."""
    return affiliation_id.hex
