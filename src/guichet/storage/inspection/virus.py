"""The built-in demo scanner's one signature, looked for in raw bytes, in PDF streams and in ZIP members."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING, Final

import pikepdf

from guichet.storage.inspection.refused import Refused
from guichet.storage.inspection.sniff import PDF_HEADER, PDF_HEADER_WITHIN

if TYPE_CHECKING:
    from collections.abc import Iterator

# In two pieces, or a scanner would find this file.
SIGNATURE: Final = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
MOST_UNPACKED: Final = 64 * 1024 * 1024  # bytes; what unpacks to more was not scanned
_DEEPEST: Final = 3
_MOST_MEMBERS: Final = 1000


def found_in(data: bytes) -> bool:
    """Whether the test virus is anywhere. Raises `Refused` if not everything could be looked into."""
    return _Search().finds(data, _DEEPEST)


class _Search:
    def __init__(self) -> None:
        self._left = MOST_UNPACKED

    def finds(self, data: bytes, depth: int) -> bool:
        if SIGNATURE in data:
            return True
        if PDF_HEADER in data[: PDF_HEADER_WITHIN + len(PDF_HEADER)]:
            parts = self._streams(data)
        elif data.startswith(b"PK\x03\x04"):
            parts = self._members(data)
        else:
            return False
        if not depth:
            raise Refused("file.large")
        return any(self.finds(part, depth - 1) for part in parts)

    def _streams(self, data: bytes) -> Iterator[bytes]:
        try:
            document = pikepdf.open(io.BytesIO(data), suppress_warnings=True)
        except (pikepdf.PdfError, pikepdf.PasswordError):
            raise Refused("pdf.broken") from None
        with document:
            for thing in document.objects:
                if isinstance(thing, pikepdf.Stream):
                    yield self._unpacked_stream(thing)

    def _unpacked_stream(self, stream: pikepdf.Stream) -> bytes:
        filters = stream.get("/Filter")
        if filters == pikepdf.Name.FlateDecode and "/DecodeParms" not in stream:
            return self._inflated(stream.read_raw_bytes())
        try:
            return self._counted(stream.read_bytes())
        except pikepdf.PdfError:  # a picture's own encoding: its raw bytes were searched with the file
            return b""

    def _members(self, data: bytes) -> Iterator[bytes]:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                members = archive.infolist()
                if len(members) > _MOST_MEMBERS or sum(member.file_size for member in members) > self._left:
                    raise Refused("file.large")
                for member in members:
                    with archive.open(member) as file:
                        yield self._counted(file.read(self._left + 1))
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, EOFError):
            raise Refused("file.type") from None  # broken, encrypted or packed in an unknown way

    def _inflated(self, packed: bytes) -> bytes:
        try:
            return self._counted(zlib.decompressobj().decompress(packed, self._left + 1))
        except zlib.error:
            return b""

    def _counted(self, unpacked: bytes) -> bytes:
        self._left -= len(unpacked)
        if self._left < 0:
            raise Refused("file.large")
        return unpacked
