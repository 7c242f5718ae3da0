# SPDX-License-Identifier: EUPL-1.2
"""Somebody has answered STOP to a text message: that number gets no more news, by whatever subscription.

Alerts are another consent (decision 51): they end by the link of the subscription, where it says what ends.
"""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.db.database import Database
from parvis_notifications.db import subscribers
from parvis_notifications.db.subscription_tables import Subscriber
from parvis_notifications.domain.subscribing import ConsentWay, GivenConsent, Purpose, SubscriberKind
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.subscribe import agree
from parvis_notifications.service.subscribe_alone import address_mark

_WORDS: Final = "STOP"


class TextStops:
    """For whoever has no transaction of their own."""

    def __init__(self, database: Database, index: BlindIndex) -> None:
        self._database = database
        self._index = index

    async def stop(self, collectivity: str, phone: str) -> None:
        """End the news of a number, which a provider says has told it to stop. Safe to repeat."""
        async with self._database.unit_of_work() as uow:
            await stop_by_text(uow.session, self._index, collectivity, phone, datetime.now(UTC))
            await uow.commit()


async def stop_by_text(
    session: AsyncSession,
    index: BlindIndex,
    collectivity: str,
    phone: str,
    now: datetime,
    *,
    said_at: datetime | None = None,
) -> int:
    """End the news of a number, in the caller's transaction; returns for how many subscriptions.

    Where that was said before now, news to which they agreed since stay. When an account asked for them by text message
    is not kept: asked for since, by who had agreed before, they end as well, and are to be asked for again.

    ``phone`` is whose text message came in, in E.164, as a provider said whose signature was checked before, or to whom
    a provider sends no more. Who has no account takes the consent back; an account, which may have its news by mail as
    well, has them by text message no more.
    """
    mark = address_mark(index, Channel.SMS, phone)
    await subscribers.lock_address(session, collectivity, mark)
    stopped = 0
    for row in await subscribers.at(session, collectivity, Channel.SMS, mark):
        if await _stopped(session, row, now, said_at):
            row.version, row.updated_at = row.version + 1, now
            stopped += 1
    await session.flush()
    return stopped


async def _stopped(session: AsyncSession, row: Subscriber, now: datetime, said_at: datetime | None) -> bool:
    if said_at is not None and row.news_at is not None and row.news_at > said_at:
        return False
    if row.kind == SubscriberKind.ACCOUNT:
        return await subscribers.drop_channel(session, row.id, Channel.SMS)
    if row.kind != SubscriberKind.ADDRESS or row.news_at is None:
        return False
    agree(session, row, [GivenConsent(Purpose.NEWS, given=False, words=_WORDS)], ConsentWay.STOP, now)
    return True
