"""Suppliers' bills with a Swiss QR code, as somebody attaches them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload


@dataclass(frozen=True)
class Bill:
    """What the bill says."""

    number: str = "2026-4711"
    day: str = "02.11.2026"
    amount: str = "480.00"
    label: str = "Logopédie, octobre"

    def file(self) -> FilePayload:
        """The PDF."""
        return {"name": f"facture-{self.number}.pdf", "mimeType": "application/pdf", "buffer": _drawn(self)}


@cache
def _drawn(bill: Bill) -> bytes:
    from guichet.invoices.demo_bills import bill as draw

    return draw(amount=bill.amount, number=bill.number, day=bill.day, label=bill.label)
