"""The demo's scanner: reads the structure, knows the EICAR test virus, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guichet.storage.inspection import door
from guichet.storage.scanning.verdict import Verdict

if TYPE_CHECKING:
    from typing import BinaryIO


def scan(source: BinaryIO) -> Verdict:
    """Clean is only what it understands: a sound PDF, JPEG or PNG without the test virus anywhere."""
    word = door.demo_scan(source.read(door.MOST_BYTES + 1))
    return Verdict(word) if word in {Verdict.CLEAN, Verdict.INFECTED} else Verdict.NOT_SCANNED
