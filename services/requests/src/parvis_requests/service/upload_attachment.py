# SPDX-License-Identifier: EUPL-1.2
"""Take in a photo: recognised by its content, stripped of what the camera wrote into it, sealed, stored."""

import asyncio
import io
import warnings
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.ids import uuid7
from parvis_requests.db.blobs import Blobs
from parvis_requests.db.tables import Attachment
from parvis_requests.domain.errors import ImageTooLargeError, NotAnImageError
from parvis_requests.domain.request import Actor

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_PIXELS: Final = 50_000_000
FORMATS: Final = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
# Two decoded images of 50 megapixels take 300 MB; more at once would take the memory of the other requests.
_DECODING = asyncio.Semaphore(2)


@dataclass(frozen=True, slots=True)
class CleanImage:
    """An image as Parvis keeps it."""

    content: bytes
    media_type: str
    width: int
    height: int


async def upload_attachment(
    session: AsyncSession, actor: Actor, content: bytes, *, persons: PersonKeys, blobs: Blobs
) -> Attachment:
    """Store the image and its row, in the caller's transaction.

    The bytes are written first: a kill in between leaves an orphan blob, never a row without its image.
    Raises NotAnImageError or ImageTooLargeError; nothing is stored then.
    """
    async with _DECODING:
        image = await asyncio.to_thread(clean_image, content)
    attachment = Attachment(
        id=uuid7(),
        collectivity=actor.collectivity,
        owner=actor.person,
        media_type=image.media_type,
        size=len(image.content),
        width=image.width,
        height=image.height,
    )
    key = await persons.of(actor.person)
    await blobs.put(attachment.id, key.seal_bytes(context(attachment.id), image.content))
    session.add(attachment)
    await session.flush()
    return attachment


def context(attachment_id: UUID) -> str:
    """What the sealed bytes are bound to."""
    return f"attachment/{attachment_id}"


def clean_image(content: bytes) -> CleanImage:
    """The same picture upright, without metadata: a photo's position would tell where its author lives."""
    try:
        with warnings.catch_warnings():
            # Pillow warns of a decompression bomb where we refuse it ourselves, below.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=list(FORMATS)) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise ImageTooLargeError
                format_ = str(image.format)
                upright = ImageOps.exif_transpose(image)
                upright.info.clear()
                out = io.BytesIO()
                upright.save(out, format_, **({"quality": 88} if format_ != "PNG" else {}))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise NotAnImageError from error
    return CleanImage(out.getvalue(), FORMATS[format_], upright.width, upright.height)
