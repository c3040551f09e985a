"""QR codes on clean pages and on noisy, crooked, small photographs of pages.

First what is quick; what costs more only if the quick look saw a code it could not read. Codes are told as text, byte
for byte, in the order found; what they mean is the reader's business.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import zxingcpp
from PIL import Image, ImageFilter, ImageOps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guichet.storage.inspection.render import Pages

MOST_PAGES: Final = 10
_QUIET_ZONE: Final = 60  # pixels of white around; codes at the very edge are not found otherwise
_SMALL: Final = 3_000_000  # pixels; A4 at 150 dpi is less, and gains by twice the size
_LARGE: Final = 6_000_000  # pixels; a photo of more is made smaller after a first look
_LARGEST: Final = 16_000_000  # pixels; … and before it
_WHITE: Final = 255


def in_image(image: Image.Image, seconds: float) -> list[str]:
    """All codes of one image in shades of grey."""
    search = _Search(seconds)
    image = _at_most(_LARGEST, image)
    return search.through(_quick(image)) or search.thoroughly(image)


def in_document(pages: Pages, seconds: float) -> list[str]:
    """All codes of the first ten pages and the last; the last page, where a QR-bill is, first."""
    search = _Search(seconds)
    found: dict[str, None] = {}
    blurred = []  # pages with something that looks like a code
    for number in dict.fromkeys([len(pages) - 1, 0, *range(min(len(pages), MOST_PAGES))]):
        search.suspects = False
        texts = search.through(_resolutions(pages, number))
        found.update(dict.fromkeys(texts))
        if search.suspects and not texts:
            blurred.append(number)
    for number in blurred:
        search.suspects = True
        found.update(dict.fromkeys(search.thoroughly(pages.grey(number, 200))))
    return list(found)


class _Search:
    """Attempts, one after the other, until one succeeds or the time is over."""

    def __init__(self, seconds: float) -> None:
        self._deadline = time.process_time() + seconds  # of work: a busy machine finds the same codes
        self.suspects = False  # something looked like a code, though nobody could read it

    def through(self, attempts: Iterator[Image.Image]) -> list[str]:
        """The texts of the first attempt that reads any."""
        for attempt in attempts:
            if time.process_time() > self._deadline:
                break
            if texts := self._read(attempt):
                return texts
        return []

    def thoroughly(self, image: Image.Image) -> list[str]:
        """The costly attempts, if there is something to find."""
        return self.through(_thorough(image)) if self.suspects else []

    def _read(self, image: Image.Image) -> list[str]:
        codes = zxingcpp.read_barcodes(
            image,
            formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
            text_mode=zxingcpp.TextMode.Plain,
            return_errors=True,
        )
        self.suspects = self.suspects or bool(codes)
        return list(dict.fromkeys(code.text for code in codes if code.valid))


def _resolutions(pages: Pages, number: int) -> Iterator[Image.Image]:
    for dpi in (150, 200, 300):
        yield _framed(pages.grey(number, dpi))


def _quick(image: Image.Image) -> Iterator[Image.Image]:
    yield image
    image = _handy(image)
    yield _framed(image)
    yield _doubled(image)
    yield _doubled(image).filter(ImageFilter.GaussianBlur(1))
    yield image.filter(ImageFilter.MedianFilter(3))


def _thorough(image: Image.Image) -> Iterator[Image.Image]:
    """Against noise: blur and median; against bad light: contrast and thresholds; against slant: turns."""
    image = _handy(image)
    yield _doubled(image.filter(ImageFilter.MedianFilter(3)))
    yield _doubled(ImageOps.autocontrast(image.filter(ImageFilter.GaussianBlur(0.8)), cutoff=2))
    yield _doubled(image).filter(ImageFilter.GaussianBlur(2))
    soft = _doubled(image).filter(ImageFilter.GaussianBlur(1))
    for threshold in (100, 128, 160):
        yield soft.point(_over(threshold))
    for angle in (-7, 7, -4, 4, -10, 10):
        turned = _turned(image, angle)
        yield turned
        yield turned.filter(ImageFilter.GaussianBlur(1.5))
    yield image.resize((max(1, image.width // 2), max(1, image.height // 2)), Image.Resampling.BOX)


def _over(threshold: int) -> list[int]:
    return [_WHITE * (shade > threshold) for shade in range(256)]


def _framed(image: Image.Image) -> Image.Image:
    return ImageOps.expand(image, _QUIET_ZONE, _WHITE)


def _doubled(image: Image.Image) -> Image.Image:
    """Modules of two or three pixels become readable; a large image has larger ones."""
    framed = _framed(image)
    if framed.width * framed.height > _SMALL:
        return framed
    return framed.resize((framed.width * 2, framed.height * 2), Image.Resampling.BICUBIC)


def _turned(image: Image.Image, angle: float) -> Image.Image:
    return _doubled(image).rotate(angle, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=_WHITE)


def _handy(image: Image.Image) -> Image.Image:
    return _at_most(_LARGE, image)


def _at_most(pixels: int, image: Image.Image) -> Image.Image:
    ratio = (pixels / (image.width * image.height)) ** 0.5
    if ratio >= 1:
        return image
    return image.resize((max(1, int(image.width * ratio)), max(1, int(image.height * ratio))), Image.Resampling.BOX)
