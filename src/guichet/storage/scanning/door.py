"""Which scanner looks, and its word."""

from __future__ import annotations

import io
from typing import BinaryIO

from django.conf import settings

from guichet.storage.scanning import builtin, clamd
from guichet.storage.scanning.verdict import Verdict


def scan(data: BinaryIO | bytes) -> Verdict:
    """Look for viruses in all bytes of the source. Never raises for trouble of the scanner's: that is `NOT_SCANNED`.

    Outside the demo there is no scanner but clamd; without it nothing is ever clean.
    """
    source = io.BytesIO(data) if isinstance(data, bytes) else data
    if settings.CLAMD:
        return clamd.scan(source, address=settings.CLAMD, most_bytes=settings.CLAMD_MAX_BYTES)
    if settings.DEMO:
        return builtin.scan(source)
    return Verdict.NOT_SCANNED
