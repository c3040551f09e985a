"""Names of database rules that actions turn into words."""

from __future__ import annotations

from typing import Final

KEEPS_A_MANAGER: Final = "affiliation_keeps_a_manager"
