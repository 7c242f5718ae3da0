# SPDX-License-Identifier: EUPL-1.2
"""Text messages that come in for an application of the town: kept sealed for it alone, and read by it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.db.keyset import Position
from parvis_kit.ids import uuid7
from parvis_notifications.db import received_texts
from parvis_notifications.domain.errors import NotFoundError, TooManyReceivedError
from parvis_notifications.domain.inbound import InboundText, without_controls
from parvis_notifications.domain.sending import KeyKind, Sender

_CONTENT: Final = "received_text.content"
_HOUR: Final = timedelta(hours=1)
_BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class OpenText:
    """One in clear: whose it is, and to which number of the town it came."""

    id: UUID
    sender: str
    number: str
    text: str
    created_at: datetime


async def keep_for_application(
    session: AsyncSession,
    persons: PersonKeys,
    collectivity: str,
    application: str,
    text: InboundText,
    *,
    most: int,
    now: datetime,
) -> UUID:
    """Keep it in the caller's transaction; returns its name. Raises TooManyReceivedError past ``most`` in an hour."""
    if await received_texts.count(session, collectivity, application, now - _HOUR, most) >= most:
        raise TooManyReceivedError
    id_ = uuid7()
    key = await persons.of(id_)
    content = {"sender": text.sender, "text": without_controls(text.text)}
    received_texts.add(
        session,
        id=id_,
        collectivity=collectivity,
        application=application,
        number=text.recipient,
        content=key.seal(_CONTENT, json.dumps(content, ensure_ascii=False)),
        created_at=now,
    )
    await session.flush()
    return id_


async def read_received(
    session: AsyncSession, persons: PersonKeys, sender: Sender, older_than: UUID | None, limit: int
) -> Sequence[OpenText]:
    """One page of an application's, newest first; nothing by a key that is not live, nor before what is not its own."""
    if sender.kind is not KeyKind.LIVE:
        return []
    place = None
    if older_than is not None:
        try:
            before = await received_texts.one(session, sender.collectivity, sender.application, older_than)
        except NotFoundError:
            return []
        place = Position(before.created_at, before.id)
    rows = await received_texts.page(session, sender.collectivity, sender.application, place, limit)
    keys = await persons.of_many({row.id for row in rows})
    opened = [(row, json.loads(keys[row.id].open(_CONTENT, row.content))) for row in rows if row.id in keys]
    return [OpenText(row.id, told["sender"], row.number, told["text"], row.created_at) for row, told in opened]


async def purge_received(database: Database, persons: PersonKeys, kept: timedelta) -> int:
    """Destroy one batch of those older than that; returns how many went."""
    async with database.unit_of_work() as uow:
        old = await received_texts.older(uow.session, datetime.now(UTC) - kept, _BATCH)
        for each in old:
            await persons.destroy(each)
        await received_texts.remove(uow.session, old)
        await uow.commit()
    return len(old)
