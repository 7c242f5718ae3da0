# SPDX-License-Identifier: EUPL-1.2
"""A logo as it is served: a drawing written anew, or pixels encoded anew; nothing else of the file stays."""

import asyncio
import io
import warnings
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from parvis_identity.domain.collectivity import Logo
from parvis_identity.domain.drawing import harmless

MAX_BYTES: Final = 524_288
MAX_PIXELS: Final = 16_000_000
_LARGEST: Final = (960, 480)
_MEDIA_TYPES: Final = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
MEDIA_TYPES: Final = (*_MEDIA_TYPES.values(), "image/svg+xml")


class NotALogoError(Exception):
    """No picture of a format that is taken, or one with too many pixels."""


async def clean_logo(content: bytes) -> Logo:
    """The picture, recognised by its content and made small enough; raises NotALogoError or UnsafeDrawingError."""
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return Logo("image/svg+xml", await asyncio.to_thread(harmless, content))
    return await asyncio.to_thread(_encoded, content)


def _encoded(content: bytes) -> Logo:
    try:
        with warnings.catch_warnings():
            # Pillow warns of a decompression bomb where we refuse it ourselves.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=tuple(_MEDIA_TYPES)) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise NotALogoError
                return _again(image, str(image.format))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise NotALogoError from error


def _again(image: Image.Image, format_: str) -> Logo:
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail(_LARGEST)
    shown = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    shown.info.clear()
    written = io.BytesIO()
    shown.save(written, format_, **({} if format_ == "PNG" else {"quality": 90}))
    return Logo(_MEDIA_TYPES[format_], written.getvalue())
