"""PDF: read strictly, nothing in it that acts, nothing hidden before, behind or inside."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, Final

import pikepdf
import pypdfium2

from guichet.storage.inspection.refused import Refused
from guichet.storage.inspection.sniff import PDF_HEADER, PDF_HEADER_WITHIN

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_PAGES: Final = 200
_DEEPEST: Final = 40  # arrays and dictionaries in one another
_POINTS_PER_PIXEL: Final = 0.75  # dimensions are told in pixels of 1/96 inch
_TAIL: Final = 66_000  # bytes at the end in which a ZIP reader looks for its directory
_ZIP_DIRECTORY: Final = b"PK\x05\x06"
_MARKUP: Final = re.compile(rb"<\s*(!doctype|html|script|svg|\?xml|\?php)", re.IGNORECASE)

_BY_KEY: Final = {
    "/JS": "pdf.javascript",
    "/JavaScript": "pdf.javascript",
    "/XFA": "pdf.javascript",
    "/EmbeddedFiles": "pdf.embedded",
    "/EF": "pdf.embedded",
}
_BY_VALUE: Final = {
    ("/S", "/JavaScript"): "pdf.javascript",
    ("/S", "/Launch"): "pdf.launch",
    ("/S", "/SubmitForm"): "pdf.action",
    ("/S", "/ImportData"): "pdf.action",
    ("/S", "/GoToR"): "pdf.action",
    ("/S", "/GoToE"): "pdf.action",
    ("/S", "/Rendition"): "pdf.action",
    ("/Type", "/EmbeddedFile"): "pdf.embedded",
    ("/Subtype", "/FileAttachment"): "pdf.embedded",
    ("/Subtype", "/RichMedia"): "pdf.embedded",
}
_HARMLESS_AT_OPENING: Final = frozenset({"/GoTo", "/Named"})
_SUSPECT: Final = re.compile(
    rb"/(JS|JavaScript|XFA|EmbeddedFiles?|EF|Launch|SubmitForm|ImportData|GoTo[RE]|Rendition|FileAttachment|RichMedia)\b"
)


def inspect(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Pages, and the first page's dimensions; the bytes are a clean copy, or nothing if the original is clean."""
    with opened(data) as document:
        _refuse_what_acts(document)
        pages = len(document.pages)
        sanitised = b"" if _is_alone(data) else _saved_anew(document)
    width, height = _first_page(sanitised or data)
    return {"pages": pages, "width": width, "height": height}, sanitised


def opened(data: bytes) -> pikepdf.Pdf:
    """The document, whole, without protection and with 1 to 200 pages."""
    try:
        document = pikepdf.open(io.BytesIO(data), attempt_recovery=False, suppress_warnings=True)
    except pikepdf.PasswordError:
        raise Refused("pdf.encrypted") from None
    except (pikepdf.PdfError, ValueError, RuntimeError):
        raise Refused("pdf.broken") from None
    if document.is_encrypted:
        raise Refused("pdf.encrypted")
    try:
        pages = len(document.pages)
    except (pikepdf.PdfError, ValueError, RuntimeError):
        raise Refused("pdf.broken") from None
    if not pages:
        raise Refused("pdf.broken")
    if pages > MOST_PAGES:
        raise Refused("pdf.pages")
    return document


def _refuse_what_acts(document: pikepdf.Pdf) -> None:
    opening = document.Root.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary) and str(opening.get("/S")) not in _HARMLESS_AT_OPENING:
        _refuse_what_is_in(opening)
        raise Refused("pdf.action")
    for thing in document.objects:
        written = thing.stream_dict if isinstance(thing, pikepdf.Stream) else thing
        if _SUSPECT.search(written.unparse(resolved=True)):
            _refuse_what_is_in(thing)


def _refuse_what_is_in(thing: pikepdf.Object) -> None:
    for dictionary in _dictionaries(thing, _DEEPEST):
        for key, value in dictionary.items():
            if code := _BY_KEY.get(key) or _BY_VALUE.get((key, _name(value))):
                raise Refused(code)


def _dictionaries(thing: object, depth: int) -> Iterator[pikepdf.Dictionary]:
    """All dictionaries written inside this object; what it only refers to is an object of its own."""
    if not depth:
        raise Refused("pdf.broken")
    if isinstance(thing, pikepdf.Stream):
        thing = thing.stream_dict
    if isinstance(thing, pikepdf.Dictionary):
        yield thing
        inner = [value for _, value in thing.items()]
    elif isinstance(thing, pikepdf.Array):
        inner = list(thing)
    else:
        return
    for value in inner:
        if not getattr(value, "is_indirect", False):
            yield from _dictionaries(value, depth - 1)


def _name(value: object) -> str:
    return str(value) if isinstance(value, pikepdf.Name) else ""


def _is_alone(data: bytes) -> bool:
    """Whether the file is this PDF and nothing else."""
    end = data.rfind(b"%%EOF")
    return (
        data.startswith(PDF_HEADER)
        and not data[end + 5 :].strip(b"\r\n\t \0\x1a")
        and not _MARKUP.search(data, 0, PDF_HEADER_WITHIN)
        and _ZIP_DIRECTORY not in data[-_TAIL:]
    )


def _saved_anew(document: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    document.save(out, compress_streams=True, recompress_flate=True)
    if not _is_alone(out.getvalue()):
        raise Refused("file.polyglot")
    return out.getvalue()


def _first_page(data: bytes) -> tuple[int, int]:
    """Its dimensions; the renderer must be able to read what the parser could."""
    try:
        document = pypdfium2.PdfDocument(data)
        width, height = document[0].get_size()
    except pypdfium2.PdfiumError:
        raise Refused("pdf.broken") from None
    return round(width / _POINTS_PER_PIXEL), round(height / _POINTS_PER_PIXEL)
