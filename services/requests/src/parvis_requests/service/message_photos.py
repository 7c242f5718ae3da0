# SPDX-License-Identifier: EUPL-1.2
"""Photos of what an author writes later: they go to the body that handles the request as those go that were filed."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db import attachments, open311_bodies, requests
from parvis_requests.db.tables import Message
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.forwarding import Sent
from parvis_requests.domain.request import Actor
from parvis_requests.service.leaving_photos import leaving_photos
from parvis_requests.service.open311_endpoints import Forwarders
from parvis_requests.service.photo_address import address_of
from parvis_requests.service.read_forwarded import PHOTO_PATH, PHOTOS

# For so long a message waits for the antivirus to see its photos; then it goes without those that it has not seen.
_FOR_PHOTOS: Final = timedelta(hours=1)


async def wait_for_antivirus(session: AsyncSession, message: Message, body_id: UUID, now: datetime) -> bool:
    """Whether a message waits for its photos to be seen, because they go along."""
    young = now - message.created_at < _FOR_PHOTOS
    if not young or not await attachments.photos_wait(session, message.request_id, message.id):
        return False
    row = await requests.one(session, Actor.service(message.collectivity), message.request_id)
    return bool(await _photos_sent(session, row, body_id))


async def photo_fields(
    session: AsyncSession, row: Row, body_id: UUID, message_id: UUID, parts: Forwarders, now: datetime
) -> list[tuple[str, str]]:
    """A ``media_url`` for each photo, or for the first alone, as the rule of the request's type says; or none."""
    sends = await _photos_sent(session, row, body_id)
    if not sends:
        return []
    photos = await leaving_photos(session, row.id, message_id)
    shown = photos if Sent.PHOTOS in sends else photos[:1]
    return [
        ("media_url", f"{parts.public_url}{PHOTO_PATH}/{address_of(photo.id, now, parts.index)}") for photo in shown
    ]


async def _photos_sent(session: AsyncSession, row: Row, body_id: UUID) -> frozenset[Sent]:
    rule = await open311_bodies.rule_of(session, body_id, row.collectivity, row.type_code)
    return frozenset(rule.sends if rule else ()) & PHOTOS
