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
_AFTER: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Told:
    """Who was told of an alert, and whether it ``holds``: none took its place, and it was not called off."""

    recipient: int
    holds: bool


async def told_of(
    session: AsyncSession, index: BlindIndex, collectivity: str, phone: str, now: datetime
) -> Told | None:
    """The last alert that this number was told of; None where none can be answered any more.

    ``phone`` is in E.164, as a provider said whose signature was checked before. One that has ended is answered as
    well: what takes its place is still to come to who has the former in their hand.
    """
    mark = address_mark(index, Channel.SMS, phone)
    found = await alerts.told_by_phone(session, collectivity, mark, now - _AFTER)
    return None if found is None else Told(*found)


async def answer_by_text(session: AsyncSession, told: Told, reply: Reply | None, now: datetime) -> None:
    """Keep the answer; without a ``reply`` they heard of it."""
    row = await alerts.recipient(session, told.recipient)
    row.acknowledged_at = row.acknowledged_at or now
    if reply is not None:
        row.answer, row.answered_at, row.helped_at = reply, now, None
    await session.flush()
