# SPDX-License-Identifier: EUPL-1.2
"""What came in is kept until its owner has taken it, and for some time at the longest; then it is destroyed."""

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_notifications.db import conversations, inbound_messages
from parvis_notifications.db.inbound_tables import InboundMessage
from parvis_notifications.domain.errors import NotFoundError
from parvis_notifications.service.receive_mail import CONTENT, FILE_NAME
from parvis_notifications.service.received_texts import purge_received
from parvis_notifications.settings import Settings

_EVERY_SECONDS: Final = 600
_BATCH: Final = 200
_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class OpenFile:
    """What a message brought, by its place in it."""

    position: int
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class OpenMessage:
    """A message in clear; ``content`` has its sender, their name, subject, words and what was left out.

    It was received as it came in to the town's number, however late it was looked up.
    """

    row: InboundMessage
    content: dict[str, Any]
    files: tuple[OpenFile, ...]
    received_at: datetime


async def read_inbound(
    session: AsyncSession, collectivity: str, message_id: UUID, *, persons: PersonKeys
) -> OpenMessage | None:
    """A message that nobody has taken yet, None where its owner has it; raises NotFoundError."""
    row = await inbound_messages.one(session, collectivity, message_id)
    if row is None or row.content is None:
        if await inbound_messages.was_taken(session, collectivity, message_id):
            return None
        raise NotFoundError
    try:
        key = await persons.of(message_id)
    except KeyDestroyedError as error:
        raise NotFoundError from error
    files = await inbound_messages.files(session, message_id)
    opened = tuple(OpenFile(each.position, key.open(FILE_NAME, each.name), each.size) for each in files)
    content = json.loads(key.open(CONTENT, row.content))
    came_at = content.pop("came_at", None)
    return OpenMessage(row, content, opened, datetime.fromisoformat(came_at) if came_at else row.received_at)


async def read_inbound_file(
    session: AsyncSession, collectivity: str, message_id: UUID, position: int, *, persons: PersonKeys
) -> bytes:
    """A file of it, as it came; raises NotFoundError."""
    row = await inbound_messages.file(session, collectivity, message_id, position)
    if row is None:
        raise NotFoundError
    try:
        key = await persons.of(message_id)
    except KeyDestroyedError as error:
        raise NotFoundError from error
    return await asyncio.to_thread(key.open_bytes, f"inbound_file/{position}", row.content)


async def inbound_taken(database: Database, persons: PersonKeys, collectivity: str, message_id: UUID) -> None:
    """Its owner has it: destroy it here. Safe to repeat; what is not there is gone already."""
    async with database.unit_of_work() as uow:
        own = await inbound_messages.one(uow.session, collectivity, message_id)
        if own is None:
            return
        await persons.destroy(message_id)  # first: a kill in between leaves what nobody can read
        await inbound_messages.taken(uow.session, collectivity, message_id, datetime.now(UTC))
        await uow.commit()


async def purge_inbound_regularly(database: Database, persons: PersonKeys, settings: Settings) -> None:
    """Destroy what has had its time, until cancelled."""
    kept = timedelta(days=settings.inbound_retention_days)
    answered = timedelta(days=settings.message_retention_days)
    received = timedelta(days=settings.sent_message_retention_days)
    while True:
        removed = 0
        try:
            removed = await purge_inbound(database, persons, kept, answered)
            removed += await purge_received(database, persons, received)
        except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
            _log.warning("inbound_purge_failed", error=type(error).__name__)
        await asyncio.sleep(1 if removed else _EVERY_SECONDS)


async def purge_inbound(database: Database, persons: PersonKeys, kept: timedelta, answered: timedelta) -> int:
    """One batch of each; returns how many went. What nobody has taken in all this time is told in the log."""
    now = datetime.now(UTC)
    async with database.unit_of_work() as uow:
        old = await inbound_messages.older(uow.session, now - kept, _BATCH)
        for row in old:
            if row.content is not None:
                _log.error("inbound_message_never_taken", message=str(row.id), collectivity=row.collectivity)
                await persons.destroy(row.id)
        await inbound_messages.remove(uow.session, [row.id for row in old])
        forgotten = await conversations.forget(uow.session, now - answered, _BATCH)
        await uow.commit()
    return len(old) + forgotten
