"""Disk images and sealed envelopes: what leaves the platform on a medium. Streamed: memory stays flat.

with Sealer(out, passphrase) as sealed:   # any program that knows the age format opens it
    sealed.write(…)
write_iso([Entry("paquet.age", file, size), …], out, label="GUICHET")
"""

from __future__ import annotations

from guichet.archives.envelope import Sealer, new_passphrase
from guichet.archives.image import Entry, Out, write_iso
from guichet.archives.names import clean_name

__all__ = ["Entry", "Out", "Sealer", "clean_name", "new_passphrase", "write_iso"]
