"""PDF copies, opened and read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.steps.people import Someone


def fetch(someone: Someone, path: str) -> bytes:
    """What the address gives to this person's browser, which must be a PDF."""
    answer = someone.page.request.get(path)
    assert answer.status == 200, (path, answer.status)
    assert answer.headers["content-type"] == "application/pdf"
    return answer.body()


def text_of(data: bytes) -> str:
    """The words of all pages, blanks and line breaks as single blanks."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    words = " ".join(page.get_textpage().get_text_range() for page in document)
    return " ".join(words.replace("\u00a0", " ").replace("\u202f", " ").split())
