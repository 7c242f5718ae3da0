# SPDX-License-Identifier: EUPL-1.2
"""Somebody without an account has answered STOP to a text message: they get no more news, by whatever subscription.

Alerts are another consent (decision 51): they end by the link of the subscription, where it says what ends.
"""

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_notifications.db import subscribers
from parvis_notifications.domain.subscribing import ConsentWay, GivenConsent, Purpose
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.subscribe import agree
from parvis_notifications.service.subscribe_alone import address_mark

_WORDS: Final = "STOP"


async def stop_by_text(session: AsyncSession, index: BlindIndex, collectivity: str, phone: str, now: datetime) -> int:
    """Take the consent to news back, in the caller's transaction; returns for how many subscriptions.

    ``phone`` is whose text message came in, in E.164, as a provider said whose signature was checked before.
    """
    mark = address_mark(index, Channel.SMS, phone)
    await subscribers.lock_address(session, collectivity, mark)
    stopped = 0
    for row in await subscribers.alone_at(session, collectivity, Channel.SMS, mark):
        if row.news_at is not None:
            agree(session, row, [GivenConsent(Purpose.NEWS, given=False, words=_WORDS)], ConsentWay.STOP, now)
            row.version, row.updated_at = row.version + 1, now
            stopped += 1
    await session.flush()
    return stopped
