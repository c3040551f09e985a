"""What an inspection tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from guichet.storage.inspection.codes import REFUSALS


@dataclass(frozen=True)
class Refusal:
    """Why a file is not taken."""

    code: str

    @property
    def text(self) -> str:
        """Words for the sender, in the language of the moment."""
        return str(REFUSALS[self.code][1])

    @property
    def status(self) -> int:
        """The HTTP status that fits: 413, 415 or 422."""
        return REFUSALS[self.code][0]


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """A document as it may be kept, or why it may not."""

    clean_name: str
    media_type: str = ""
    pages: int = 0
    width: int = 0  # pixels; of a PDF's first page, at 96 per inch
    height: int = 0
    refused: Refusal | None = None
    sanitised: bytes | None = field(default=None, repr=False)  # keep this instead; None: keep the original
    original: bytes = field(default=b"", repr=False)

    @property
    def content(self) -> bytes:
        """The bytes to keep."""
        return self.original if self.sanitised is None else self.sanitised

    @cached_property
    def qr_texts(self) -> tuple[str, ...]:
        """Texts of its QR codes; looked for when first asked, which takes up to 4 s."""
        from guichet.storage.inspection.door import read_qr

        return () if self.refused else read_qr(self.content)
