# SPDX-License-Identifier: EUPL-1.2
"""Photos that leave with a request for the body that handles it: cleaned, seen by the antivirus, and nothing internal.

Once agents have decided what the public is shown of the request, nothing but that leaves, and nothing else is fetched.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_requests.db import forwardings, publications
from parvis_requests.db.blobs import Blobs
from parvis_requests.db.tables import Attachment
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.service.open_attachment import opened
from parvis_requests.service.photo_address import photo_at
from parvis_requests.service.public_side import decision_of


async def leaving_photos(
    session: AsyncSession, request_id: UUID, message_id: UUID | None = None
) -> Sequence[Attachment]:
    """Those that were filed with the request, or came with that message of its author; the first first."""
    photos = (await publications.photos(session, [request_id])).get(request_id, [])
    latest = (await publications.latest(session, [request_id])).get(request_id)
    decision = decision_of(latest) if latest else None
    if decision is not None:
        photos = [photo for photo in photos if not decision.hidden and photo.id in decision.photos]
    return [photo for photo in photos if photo.message_id == message_id]


async def open_leaving_photo(
    session: AsyncSession, secret: str, *, index: BlindIndex, persons: PersonKeys, blobs: Blobs, now: datetime
) -> tuple[Attachment, bytes]:
    """The row and the bytes of what is at an address that another body was given.

    Raises NotFoundError where nothing is, or no more: the time is over, the photo is not to be shown, its author was
    erased.
    """
    photo_id = photo_at(secret, index, now)
    request_id = await forwardings.request_of_file(session, photo_id)
    # Of messages, those that go there alone: what agents write stays here.
    message_id = await forwardings.message_of_file(session, photo_id)
    shown = await leaving_photos(session, request_id, message_id) if request_id else []
    photo = next((each for each in shown if each.id == photo_id), None)
    if photo is None:
        raise NotFoundError
    try:
        return photo, await opened(photo, photo.id, persons, blobs)
    except KeyDestroyedError as error:
        raise NotFoundError from error
