"""What a child can tell about a document. Runs in the child process only."""

from __future__ import annotations

import codecs
import importlib
import io
from typing import Any, Final

from guichet.storage.inspection.refused import Refused
from guichet.storage.inspection.sniff import PDF, media_type_of

_VENDORS: Final = (
    "pikepdf",
    "pypdfium2",
    "zxingcpp",
    "PIL.JpegImagePlugin",
    "PIL.MpoImagePlugin",
    "PIL.PngImagePlugin",
)


def warm_up() -> None:
    """Load everything before the limits fall: afterwards no file can be opened for long."""
    for module in (*_VENDORS, "pdf", "images", "render", "qr", "virus"):
        importlib.import_module(module if module in _VENDORS else f"guichet.storage.inspection.{module}")
    codecs.lookup("cp437")  # names of members of a ZIP
    _open_source_of_chance()


def _open_source_of_chance() -> None:
    """The PDF library opens /dev/urandom when it first meets encryption, and keeps it open."""
    import pikepdf

    file = io.BytesIO()
    pikepdf.new().save(file, encryption=pikepdf.Encryption(owner="owner", user=""))
    pikepdf.open(file).close()


def inspect(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Type, pages and dimensions of an acceptable document; the body is what to keep instead, or nothing."""
    from guichet.storage.inspection import images, pdf

    media_type = media_type_of(data)
    look = pdf.inspect if media_type == PDF else images.inspect
    facts, sanitised = look(data)
    return {"media_type": media_type, **facts}, sanitised


def preview(data: bytes, page: int, width: int) -> tuple[dict[str, Any], bytes]:
    """A page (from 1) as PNG, `width` pixels wide at most."""
    from guichet.storage.inspection import images, render

    if media_type_of(data) == PDF:
        return {}, render.preview(data, page, width)
    if page != 1:
        raise Refused("file.unreadable")
    return {}, images.preview(data, width)


def read_qr(data: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
    """The texts of all QR codes found within the time."""
    from guichet.storage.inspection import images, qr, render

    if media_type_of(data) == PDF:
        texts = qr.in_document(render.Pages(data), seconds)
    else:
        texts = qr.in_image(images.grey(data), seconds)
    return {"texts": texts}, b""


def scan(data: bytes) -> tuple[dict[str, Any], bytes]:
    """The built-in scanner: looks for the EICAR test virus everywhere it can look."""
    from guichet.storage.inspection import images, pdf, virus

    if virus.found_in(data):
        return {"verdict": "infected"}, b""
    if media_type_of(data) == PDF:
        pdf.inspect(data)
    else:
        images.opened(data).verify()
    return {"verdict": "clean"}, b""
