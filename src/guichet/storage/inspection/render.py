"""Pages of a PDF as pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pypdfium2

from guichet.storage.inspection import images
from guichet.storage.inspection.refused import Refused

if TYPE_CHECKING:
    from PIL import Image

_MOST_PIXELS: Final = 25_000_000
_POINTS_PER_INCH: Final = 72
_ROUNDING: Final = 1 - 1e-9  # 1600.0000000001 pixels would be rounded up to 1601


class Pages:
    """A document's pages, numbered from 0."""

    def __init__(self, data: bytes) -> None:
        try:
            self._document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError:
            raise Refused("pdf.broken") from None

    def __len__(self) -> int:
        return len(self._document)

    def grey(self, number: int, dpi: int) -> Image.Image:
        """One page in shades of grey, at this resolution or what the pixel limit leaves of it."""
        return self._rendered(number, dpi / _POINTS_PER_INCH, grey=True)

    def of_width(self, number: int, width: int) -> Image.Image:
        """One page in colour, this many pixels wide."""
        return self._rendered(number, width / max(1.0, self._document[number].get_width()), grey=False)

    def _rendered(self, number: int, scale: float, *, grey: bool) -> Image.Image:
        page = self._document[number]
        pixels = page.get_width() * page.get_height() * scale * scale
        if pixels > _MOST_PIXELS:
            scale *= (_MOST_PIXELS / pixels) ** 0.5
        image: Image.Image = page.render(scale=scale * _ROUNDING, grayscale=grey).to_pil()
        page.close()
        return image


def preview(data: bytes, page: int, width: int) -> bytes:
    """A page (from 1) as PNG."""
    pages = Pages(data)
    if not 1 <= page <= len(pages):
        raise Refused("file.unreadable")
    return images.as_png(pages.of_width(page - 1, width))
