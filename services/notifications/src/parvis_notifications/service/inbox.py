# SPDX-License-Identifier: EUPL-1.2
"""People read their messages, and mark them as read."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKey, PersonKeys
from parvis_kit.db.keyset import Position, Slice
from parvis_notifications.db import messages
from parvis_notifications.db.tables import Message
from parvis_notifications.domain.errors import StaleVersionError
from parvis_notifications.domain.message import reading_time
from parvis_notifications.domain.reader import Reader


@dataclass(frozen=True, slots=True)
class OpenMessage:
    """A message with its words readable."""

    row: Message
    subject: str
    body: str


async def list_messages(
    session: AsyncSession, reader: Reader, *, unread: bool, position: Position | None, limit: int, persons: PersonKeys
) -> Slice[OpenMessage]:
    """One page of the reader's messages, newest first; raises KeyDestroyedError once the reader was erased."""
    page = await messages.page(session, reader, unread=unread, position=position, limit=limit)
    key = await persons.of(reader.person)
    return Slice([opened(row, key) for row in page.rows], page.next, page.previous)


async def count_messages(session: AsyncSession, reader: Reader, *, unread: bool) -> int:
    """How many messages that list has in all."""
    return await messages.count(session, reader, unread=unread)


async def read_message(session: AsyncSession, reader: Reader, message_id: UUID, *, persons: PersonKeys) -> OpenMessage:
    """One message of the reader's; raises NotFoundError, or KeyDestroyedError once the reader was erased."""
    row = await messages.one(session, reader, message_id)
    return opened(row, await persons.of(reader.person))


async def mark_read(
    session: AsyncSession,
    reader: Reader,
    message_id: UUID,
    read_at: datetime | None,
    *,
    version: int,
    persons: PersonKeys,
    now: datetime,
) -> OpenMessage:
    """Set when the message was read, or with None that it was not, in the version that the reader saw.

    Raises NotFoundError, StaleVersionError, or KeyDestroyedError once the reader was erased.
    """
    row = await messages.one(session, reader, message_id)
    if row.version != version:
        raise StaleVersionError
    wanted = read_at and reading_time(read_at, created_at=row.created_at, now=now)
    if wanted != row.read_at:
        row = await messages.set_read_at(session, row, wanted)
    return opened(row, await persons.of(reader.person))


def opened(row: Message, key: PersonKey) -> OpenMessage:
    """The message with its words readable."""
    return OpenMessage(row, key.open("message.subject", row.subject), key.open("message.body", row.body))
