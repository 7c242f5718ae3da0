# SPDX-License-Identifier: EUPL-1.2
"""Somebody answers an alert by text message: from the number that it called or wrote to, while it holds."""

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


async def answer_by_text(
    session: AsyncSession, index: BlindIndex, collectivity: str, phone: str, reply: Reply | None, now: datetime
) -> bool:
    """Keep the answer to the last alert that their number was told of; False where there is none to answer.

    ``phone`` is in E.164, as a provider said whose signature was checked before; without a ``reply`` they heard of it.
    """
    mark = address_mark(index, Channel.SMS, phone)
    number = await alerts.told_by_phone(session, collectivity, mark, now - _AFTER)
    if number is None:
        return False
    row = await alerts.recipient(session, number)
    row.acknowledged_at = row.acknowledged_at or now
    if reply is not None:
        row.answer, row.answered_at, row.helped_at = reply, now, None
    await session.flush()
    return True
