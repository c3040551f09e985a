"""A printed document, read back: its texts and its pictures."""

from __future__ import annotations

import pypdfium2
import zxingcpp

RIGHT_MARGIN = 190 / 25.4 * 72 + 2.5  # points; a hyphen at the end of a line hangs over by two


def pages(document: bytes) -> list[str]:
    """The text of each page, as a reader would copy it."""
    pdf = pypdfium2.PdfDocument(document)
    try:
        return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in pdf]
    finally:
        pdf.close()


def letters(text: str) -> str:
    """A text without what lines and columns do to it: white space, break opportunities, hyphens at the line's end."""
    return "".join(text.replace("\u200b", "").replace("\ufffe", "").replace("\u00ad", "").split())


def between(document: bytes, start: str, end: str) -> str:
    """The letters printed after the words `start` and before the words `end`, without the heads and feet of pages."""
    first, *others = (page.split("\n")[:-1] for page in pages(document))
    body = letters("\n".join([*first, *(line for page in others for line in page[1:])]))
    return body.partition(letters(start))[2].partition(letters(end))[0]


def codes(document: bytes) -> list[str]:
    """What the codes of the first page say to a camera."""
    pdf = pypdfium2.PdfDocument(document)
    try:
        picture = pdf[0].render(scale=2).to_pil()
    finally:
        pdf.close()
    return [code.text for code in zxingcpp.read_barcodes(picture)]


def widest(document: bytes) -> float:
    """How far to the right any letter reaches, in points."""
    pdf = pypdfium2.PdfDocument(document)
    try:
        return max(_right_edge(page.get_textpage()) for page in pdf)
    finally:
        pdf.close()


def _right_edge(text: pypdfium2.PdfTextPage) -> float:
    return max(float(text.get_charbox(index)[2]) for index in range(text.count_chars()))
