"""Contrast after WCAG 2.2 (1.4.3) and the shades of an insurer's accent."""

from __future__ import annotations

import re
from typing import Final

WHITE: Final = "#ffffff"
INK: Final = "#16191d"
DARK_PAPER: Final = "#14171a"
ENOUGH: Final = 4.5
"""Least contrast of text with its ground."""

_HEX: Final = re.compile(r"#[0-9a-fA-F]{6}")


def channels(colour: str) -> tuple[int, int, int]:
    """#7a1f2b → (122, 31, 43). ValueError for anything but six hexadecimal digits."""
    if not _HEX.fullmatch(colour):
        message = f"not a colour: {colour!r}"
        raise ValueError(message)
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Relative luminance, 0 (black) to 1 (white)."""
    linear = [_linear(channel / 255) for channel in channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def contrast(one: str, other: str) -> float:
    """1 (same) to 21 (black on white)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def is_readable_accent(colour: str) -> bool:
    """Whether an insurer may have this accent: text of it on white, and white on it, at least 4.5 : 1."""
    return contrast(colour, WHITE) >= ENOUGH


def on_dark(colour: str) -> str:
    """The accent thinned with white until it can be read on dark paper, as little as needed."""
    for share in range(0, 101, 5):
        shade = _mixed(colour, share / 100)
        if contrast(shade, DARK_PAPER) >= ENOUGH + 1:
            return shade
    return WHITE


def _mixed(colour: str, white: float) -> str:
    return "#" + "".join(f"{round(channel + (255 - channel) * white):02x}" for channel in channels(colour))
