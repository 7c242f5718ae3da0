# SPDX-License-Identifier: EUPL-1.2
"""A photo as Parvis keeps it: upright, without what the camera wrote into it, with a small picture beside."""

import io
import math
import warnings
from dataclasses import dataclass
from typing import Any, Final

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from parvis_files.errors import ImageTooLargeError, NotAnImageError

MAX_PIXELS: Final = 50_000_000
THUMBNAIL_SIDE: Final = 320
_FORMATS: Final = ("JPEG", "PNG", "WEBP")


@dataclass(frozen=True, slots=True)
class CleanImage:
    """The picture, its thumbnail (WebP, at most 320 pixels a side), and where the camera says that it was taken.

    ``position`` is longitude, -180 to 180, and latitude, -90 to 90, in degrees.
    """

    content: bytes
    width: int
    height: int
    thumbnail: bytes
    position: tuple[float, float] | None


def clean_image(content: bytes, longest_side: int | None = None) -> CleanImage:
    """The same picture without metadata: a photo's position would tell where its author lives.

    Smaller where a side has more than ``longest_side`` pixels.

    Raises ImageTooLargeError before a pixel is decoded, or NotAnImageError.
    """
    try:
        with warnings.catch_warnings():
            # Pillow warns of a decompression bomb where we refuse it ourselves, below.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise ImageTooLargeError
                return _cleaned(image, str(image.format), longest_side)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise NotAnImageError from error


def _cleaned(image: Image.Image, format_: str, longest_side: int | None) -> CleanImage:
    position = _position(image.getexif())
    upright = ImageOps.exif_transpose(image)
    upright.info.clear()
    if longest_side is not None:
        upright.thumbnail((longest_side, longest_side))
    whole, small = io.BytesIO(), io.BytesIO()
    upright.save(whole, format_, **({"quality": 88} if format_ != "PNG" else {}))
    width, height = upright.size
    upright.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    upright.convert("RGBA" if upright.has_transparency_data else "RGB").save(small, "WEBP", quality=80)
    return CleanImage(whole.getvalue(), width, height, small.getvalue(), position)


def _position(exif: Image.Exif) -> tuple[float, float] | None:
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    latitude = _degrees(gps, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, "NS", 90)
    longitude = _degrees(gps, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, "EW", 180)
    return None if latitude is None or longitude is None else (longitude, latitude)


def _degrees(gps: dict[int, Any], value: int, reference: int, signs: str, most: int) -> float | None:
    try:
        parts = [float(part) for part in gps[value]]
        if not all(math.isfinite(part) for part in parts):
            return None
        sign = (1, -1)[signs.index(str(gps[reference]).strip("\0 ").upper())]
        degrees, minutes, seconds = parts
        angle = degrees + minutes / 60 + seconds / 3_600
        # To some 10 cm.
        return round(sign * angle, 6) if min(parts) >= 0 and angle <= most else None
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
