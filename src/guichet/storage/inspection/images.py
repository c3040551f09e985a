"""Photos and scans: opened within limits, turned upright, and encoded anew so that nothing hides in them."""

from __future__ import annotations

import io
from typing import Any, Final

from PIL import Image, ImageOps, JpegImagePlugin, UnidentifiedImageError

from guichet.storage.inspection.refused import Refused

MOST_PIXELS: Final = 50_000_000
_FORMATS: Final = ("JPEG", "PNG")
_JPEG_QUALITY: Final = 90

Image.MAX_IMAGE_PIXELS = None  # `opened` has its own limit, before a pixel is decoded


def inspect(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Dimensions in pixels, upright, and the image encoded anew: no EXIF, no place, no comment, no tail."""
    image = opened(data)
    as_jpeg = image.format != "PNG"
    tables = _jpeg_tables(image) if as_jpeg else {}
    upright = _upright(image)
    plain = _plain(upright, as_jpeg=as_jpeg)
    if plain.mode != image.mode:
        tables = {}
    out = io.BytesIO()
    if as_jpeg:
        plain.save(out, "JPEG", **(tables or {"quality": _JPEG_QUALITY}))
    else:
        plain.save(out, "PNG", compress_level=4)
    return {"pages": 1, "width": plain.width, "height": plain.height}, out.getvalue()


def preview(data: bytes, width: int) -> bytes:
    """The image as PNG, at most `width` pixels wide."""
    image = opened(data)
    image.draft("RGB", (width * 2, width * 2))
    plain = _plain(_upright(image), as_jpeg=True)
    if plain.width > width:
        plain = plain.resize((width, max(1, round(plain.height * width / plain.width))), Image.Resampling.BOX)
    return as_png(plain)


def as_png(image: Image.Image) -> bytes:
    """Encoded quickly; nobody keeps it."""
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=3)
    return out.getvalue()


def grey(data: bytes) -> Image.Image:
    """The image upright, in shades of grey, on white."""
    return _plain(_upright(opened(data)), as_jpeg=True).convert("L")


def opened(data: bytes) -> Image.Image:
    """The image, its header read and its size accepted, its pixels not yet decoded."""
    try:
        image = Image.open(io.BytesIO(data), formats=_FORMATS)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise Refused("image.broken") from None
    if image.width * image.height > MOST_PIXELS:
        raise Refused("image.pixels")
    return image


def _upright(image: Image.Image) -> Image.Image:
    try:
        image.load()
    except (OSError, ValueError, SyntaxError, EOFError):
        raise Refused("image.broken") from None
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # noqa: BLE001 - orientation is a courtesy; broken EXIF is thrown away anyway
        return image


def _plain(image: Image.Image, *, as_jpeg: bool) -> Image.Image:
    """Pixels only, in a mode the format knows; what comes with them is left behind."""
    if image.mode.startswith("I") or image.mode == "F":
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    elif image.mode in {"P", "PA"} or "transparency" in image.info:
        image = image.convert("RGBA" if image.mode == "PA" or "transparency" in image.info else "RGB")
    elif image.mode not in {"1", "L", "LA", "RGB", "RGBA"}:
        image = image.convert("RGB")
    if as_jpeg and image.mode in {"LA", "RGBA"}:
        image = image.convert("RGBA")
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        image = white
    elif as_jpeg and image.mode == "1":
        image = image.convert("L")
    image.info = {}
    return image


def _jpeg_tables(image: Image.Image) -> dict[str, Any]:
    """How the camera encoded it, so that encoding it again loses next to nothing."""
    tables = getattr(image, "quantization", None)
    sampling = JpegImagePlugin.get_sampling(image)
    if not tables or sampling < 0:
        return {}
    return {"qtables": tables, "subsampling": sampling}
