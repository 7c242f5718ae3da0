# SPDX-License-Identifier: EUPL-1.2
"""Take in a file: recognised by its content, a photo stripped of what the camera wrote into it, sealed, stored."""

import asyncio
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_files.content import HEIC, media_type_of
from parvis_files.heic import jpeg_of_heic
from parvis_files.image import MAX_PIXELS, CleanImage, clean_image
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.ids import uuid7
from parvis_requests.db import requests
from parvis_requests.db.blobs import Blobs, undone_on_failure
from parvis_requests.db.tables import Attachment
from parvis_requests.domain.files import MEDIA_TYPES, MIB, FileKind, Scan
from parvis_requests.domain.position import Position
from parvis_requests.domain.request import Actor

MAX_BYTES: Final = 10 * MIB
# Two decoded images of 50 megapixels take 300 MB; more at once would take the memory of the other requests.
_DECODING = asyncio.Semaphore(2)
_THUMBNAIL: Final = 8
_SEVEN_TO_EIGHT: Final = (7 ^ _THUMBNAIL) << 76


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was taken in, and where its camera says that it was taken: told once, stored nowhere."""

    attachment: Attachment
    position: Position | None


async def upload_attachment(
    session: AsyncSession,
    actor: Actor,
    content: bytes,
    *,
    persons: PersonKeys,
    blobs: Blobs,
    scan: Scan,
    for_request: UUID | None = None,
) -> Upload:
    """Store the file and its row, in the caller's transaction; ``scan`` is where its check begins.

    It is sealed with the actor's key, or with that of the author ``for_request``: then it is erased with them.

    The bytes are written first: a kill in between leaves a blob that :mod:`parvis_requests.service.sweep_blobs`
    removes, never a row without its file. Raises UnknownFileError, HeicError, ArchiveTooLargeError, NotAnImageError,
    ImageTooLargeError or, for the request, NotFoundError; whatever fails, nothing is stored then.
    """
    owner = (await requests.one(session, actor, for_request)).author if for_request else actor.person
    async with undone_on_failure(blobs) as fresh:
        upload = await seal_file(owner, actor.collectivity, content, persons=persons, blobs=fresh, scan=scan)
        upload.attachment.uploaded_by = None if owner == actor.person else actor.person
        session.add(upload.attachment)
        await session.flush()
    return upload


async def seal_file(
    owner: UUID, collectivity: str, content: bytes, *, persons: PersonKeys, blobs: Blobs, scan: Scan
) -> Upload:
    """Look at a file, clean it, seal it with its owner's key and write it; its row is the caller's to store.

    Raises as :func:`upload_attachment`.
    """
    media_type = await asyncio.to_thread(media_type_of, content)
    if media_type == HEIC:
        content, media_type = await jpeg_of_heic(content, MAX_PIXELS), "image/jpeg"
    image = await _image(content) if MEDIA_TYPES[media_type] is FileKind.PHOTO else None
    kept = image.content if image else content
    attachment = Attachment(
        id=uuid7(),
        collectivity=collectivity,
        owner=owner,
        media_type=media_type,
        size=len(kept),
        width=image.width if image else 0,
        height=image.height if image else 0,
        thumbnail=image is not None,
        scan=scan,
        scan_next_at=func.now() if scan is Scan.WAITING else None,
    )
    key = await persons.of(owner)
    await blobs.put(attachment.id, key.seal_bytes(context(attachment.id), kept))
    if image:
        small = thumbnail_of(attachment.id)
        await blobs.put(small, key.seal_bytes(context(small), image.thumbnail))
    return Upload(attachment, Position(*image.position) if image and image.position else None)


def context(blob_id: UUID) -> str:
    """What the sealed bytes are bound to."""
    return f"attachment/{blob_id}"


def thumbnail_of(attachment_id: UUID) -> UUID:
    """Where an attachment's thumbnail lies: under its id in version 8 (RFC 9562 section 5.8) instead of 7."""
    return UUID(int=attachment_id.int ^ _SEVEN_TO_EIGHT)


def attachment_of(blob_id: UUID) -> UUID:
    """To which attachment a blob belongs, be it the file or its thumbnail."""
    return thumbnail_of(blob_id) if blob_id.version == _THUMBNAIL else blob_id


async def _image(content: bytes) -> CleanImage:
    async with _DECODING:
        return await asyncio.to_thread(clean_image, content)
