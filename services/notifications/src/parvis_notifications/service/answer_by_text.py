# SPDX-License-Identifier: EUPL-1.2
"""Somebody answers an alert by text message: from the number that it called or wrote to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_notifications.db import alerts
from parvis_notifications.domain.alert import Reply
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.subscribe_alone import address_mark

# Who is still cut off when the alert has expired is heard all the same.
AFTER: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Told:
    """Who was told of an alert, and whether it ``holds``: none took its place, it was not called off, nor long over."""

    recipient: int
    holds: bool


async def told_of(
    session: AsyncSession, index: BlindIndex, collectivity: str, phone: str, now: datetime, *, said_at: datetime | None
) -> Told | None:
    """The last alert that this number was told of; None where none can be answered any more.

    Where the text message came in before now, the last one of then, of what had gone to them and held then.

    ``phone`` is in E.164, as a provider said whose signature was checked before. One that has ended is answered as
    well: what takes its place is still to come to who has the former in their hand.
    """
    mark = address_mark(index, Channel.SMS, phone)
    found = await alerts.told_by_phone(session, collectivity, mark, said_at, now, AFTER)
    return None if found is None else Told(*found)


async def answer_by_text(
    session: AsyncSession, told: Told, reply: Reply | None, now: datetime, *, said_at: datetime | None
) -> None:
    """Keep the answer; without a ``reply`` they heard of it.

    Where that was said before now, what they answered since stays, and that somebody came to them since.
    """
    row = await alerts.recipient(session, told.recipient)
    row.acknowledged_at = row.acknowledged_at or said_at or now
    if reply is not None and not _since(row.answered_at, said_at):
        row.answer, row.answered_at = reply, said_at or now
        row.helped_at = row.helped_at if _since(row.helped_at, said_at) else None
    await session.flush()


def _since(happened_at: datetime | None, said_at: datetime | None) -> bool:
    return said_at is not None and happened_at is not None and happened_at > said_at
