# SPDX-License-Identifier: EUPL-1.2
"""A colour that text can be read in, and on: contrast as WCAG 2.2 defines it."""

import re
from typing import Final

ENOUGH: Final = 4.5
"""The contrast of ordinary text with what is behind it (WCAG 2.2, success criterion 1.4.3, level AA)."""
_HEX: Final = re.compile("#[0-9a-f]{6}")
_WHITE: Final = "#ffffff"
_BLACK: Final = "#000000"
# What the pages put behind links: the sheet, and the frame around it (style.css).
_LIGHT: Final = (_WHITE, "#f3f3f5")
_DARK: Final = ("#1e1e1e", "#121212")
_STEPS: Final = 64


class UnreadableColourError(Exception):
    """Text in that colour, or white text on it, has too little contrast; ``reached`` is how much."""

    def __init__(self, reached: float) -> None:
        super().__init__("unreadable colour")
        self.reached = reached


def contrast(one: str, other: str) -> float:
    """The ratio between two colours ``#rrggbb``, from 1 (the same) to 21 (black and white)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def check_readable(colour: str) -> None:
    """Raises UnreadableColourError for a main colour that the pages cannot write in, or on."""
    reached = min(contrast(colour, behind) for behind in _LIGHT)
    if reached < ENOUGH:
        raise UnreadableColourError(reached)


def on_dark(colour: str) -> str:
    """The same hue where the screen is dark: lightened until it can be read there."""
    for step in range(_STEPS):
        lighter = _mixed(colour, _WHITE, step / _STEPS)
        if min(contrast(lighter, behind) for behind in _DARK) >= ENOUGH:
            return lighter
    return _WHITE


def style_sheet(colour: str) -> str:
    """What a main colour changes in the pages' style."""
    return (
        f":root {{ --accent: {colour}; --on-accent: {_WHITE}; }}\n"
        "@media (prefers-color-scheme: dark) {\n"
        f"  :root {{ --accent: {on_dark(colour)}; --on-accent: {_BLACK}; }}\n"
        "}\n"
    )


def _luminance(colour: str) -> float:
    # "Relative luminance" of WCAG 2.2.
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB's own


def _channels(colour: str) -> bytes:
    if not _HEX.fullmatch(colour):
        raise ValueError("a colour is #rrggbb")
    return bytes.fromhex(colour[1:])


def _mixed(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + bytes(round(a + (b - a) * share) for a, b in pairs).hex()
