"""Questions about documents of strangers, answered by a child process. Nothing here parses them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from guichet.storage import names
from guichet.storage.errors import Unreadable
from guichet.storage.inspection import pool
from guichet.storage.inspection.codes import REFUSALS, Refusal

MOST_BYTES: Final = 64 * 1024 * 1024
QR_SECONDS: Final = 4.0
_CPU_SECONDS: Final = 5
_EXTENSIONS: Final = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "image/png": (".png",),
}


class _Facts(BaseModel):
    """The form a child's answer must have."""

    model_config = ConfigDict(extra="forbid", strict=True)

    media_type: str = ""
    pages: int = Field(default=0, ge=0, le=100_000)
    width: int = Field(default=0, ge=0)
    height: int = Field(default=0, ge=0)
    refused: str = ""
    texts: list[str] = []
    verdict: str = ""
    worn: bool = False  # something unforeseen happened: the child wants to be replaced


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
        return () if self.refused else read_qr(self.content)


def inspect_document(data: bytes, *, name: str) -> Inspection:
    """What the document is, or why it is refused; `.content` is what to keep. Never raises.

    Takes PDF, JPEG and PNG whose extension says the same (FRM-09). Images come back encoded anew, upright, without
    EXIF; a PDF comes back anew only if something was before or behind it.
    """
    clean_name = names.clean_display_name(name)
    facts, body = _ask("inspect", data)
    if facts.refused:
        return Inspection(clean_name=clean_name, refused=Refusal(facts.refused))
    extensions = _EXTENSIONS.get(facts.media_type, ())
    stem, extension = names.split_extension(clean_name)
    if extension.lower() not in ("", *extensions) or not extensions:
        return Inspection(clean_name=clean_name, refused=Refusal("file.extension"))
    return Inspection(
        clean_name=clean_name if extension else names.clean_display_name(stem + extensions[0]),
        media_type=facts.media_type,
        pages=facts.pages,
        width=facts.width,
        height=facts.height,
        sanitised=body or None,
        original=data,
    )


def read_qr(data: bytes, *, media_type: str = "") -> tuple[str, ...]:
    """The texts of all QR codes of a PDF, JPEG or PNG, at most 4 s of looking; none if it cannot be read.

    The last page of a PDF is looked at first. `media_type` spares the look at something that is neither.
    """
    if media_type and media_type not in _EXTENSIONS:
        return ()
    facts, _ = _ask("read_qr", data, cpu_seconds=int(QR_SECONDS) + 2, seconds=QR_SECONDS)
    return tuple(facts.texts)


def preview(data: bytes, page: int = 1, *, width: int = 1000) -> bytes:
    """A page (from 1) as PNG, at most `width` pixels wide. Raises `Unreadable`."""
    facts, body = _ask("preview", data, page=page, width=width)
    if facts.refused or not body.startswith(b"\x89PNG"):
        raise Unreadable(facts.refused or "file.unreadable")
    return body


def demo_scan(data: bytes) -> str:
    """The built-in scanner's word: "infected", "clean", or nothing if it could not look everywhere."""
    return _ask("scan", data)[0].verdict


def _ask(operation: str, data: bytes, *, cpu_seconds: int = _CPU_SECONDS, **arguments: Any) -> tuple[_Facts, bytes]:
    if not data:
        return _Facts(refused="file.empty"), b""
    if len(data) > MOST_BYTES:
        return _Facts(refused="file.large"), b""
    try:
        head, body = pool.pool.ask(operation, data, cpu_seconds=cpu_seconds, **arguments)
        facts = _Facts.model_validate(head)
    except (pool.ChildFailed, ValidationError):
        return _Facts(refused="file.unreadable"), b""
    if facts.refused and facts.refused not in REFUSALS:
        return _Facts(refused="file.unreadable"), b""
    return facts, body
