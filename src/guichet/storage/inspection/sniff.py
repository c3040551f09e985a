"""What a file is, by its first bytes; whether it really is one, the parsers say."""

from __future__ import annotations

from typing import Final

from guichet.storage.inspection.refused import Refused

PDF: Final = "application/pdf"
JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
PDF_HEADER: Final = b"%PDF-"
PDF_HEADER_WITHIN: Final = 1024  # bytes; readers find a header that far in, so do we
_HEIC: Final = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})


def media_type_of(data: bytes) -> str:
    """`application/pdf`, `image/jpeg` or `image/png`. Raises `Refused` for anything else."""
    if not data:
        raise Refused("file.empty")
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        raise Refused("file.heic")
    if PDF_HEADER in data[: PDF_HEADER_WITHIN + len(PDF_HEADER)]:
        return PDF
    raise Refused("file.type")
