# SPDX-License-Identifier: EUPL-1.2
"""Open a photo that the public is shown: cleaned when it was taken in, and let pass by the antivirus, if any."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_requests.db import publications
from parvis_requests.db.blobs import Blobs
from parvis_requests.db.tables import Attachment
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.service.catalogue import Catalogue
from parvis_requests.service.open_attachment import opened
from parvis_requests.service.public_side import contents_of
from parvis_requests.service.upload_attachment import thumbnail_of


async def open_public_photo(
    session: AsyncSession,
    collectivity: str,
    photo_id: UUID,
    *,
    small: bool,
    catalogue: Catalogue,
    persons: PersonKeys,
    blobs: Blobs,
) -> tuple[Attachment, bytes]:
    """The row and the bytes, of the small picture where ``small``.

    Raises NotFoundError where it is not shown, there is no small picture, or its author was erased.
    """
    row = await publications.request_of(session, collectivity, photo_id)
    content = (await contents_of(session, catalogue, [row])).get(row.id) if row else None
    photo = next((photo for photo in content.photos if photo.id == photo_id), None) if content else None
    if photo is None or (small and not photo.thumbnail):
        raise NotFoundError
    try:
        return photo, await opened(photo, thumbnail_of(photo.id) if small else photo.id, persons, blobs)
    except KeyDestroyedError as error:
        raise NotFoundError from error
