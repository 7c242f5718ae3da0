# SPDX-License-Identifier: EUPL-1.2
"""Somebody has answered STOP to a text message: their number gets no more of the town, or of one of its applications.

What the law has sent, what somebody has just asked for and alerts go all the same (decision 104); alerts are another
consent (decision 51): they end by the link of the subscription, where it says what ends.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.db.database import Database
from parvis_notifications.db import dead_addresses, subscribers, text_stops
from parvis_notifications.db.deliveries import ClaimedDelivery
from parvis_notifications.db.subscription_tables import Subscriber
from parvis_notifications.db.text_stops import THE_TOWN
from parvis_notifications.domain.sending import APPLICATION_MESSAGE
from parvis_notifications.domain.subscribing import ConsentWay, GivenConsent, Purpose, SubscriberKind, SubscriberState
from parvis_notifications.domain.text_stop import Said, StopWay
from parvis_notifications.domain.topic import Channel, optional
from parvis_notifications.service.stop_sms import stop_sms
from parvis_notifications.service.subscribe import agree
from parvis_notifications.service.subscribe_alone import address_mark

_WORDS: Final = "STOP"


class TextStops:
    """For whoever sends, and has no transaction of their own."""

    def __init__(self, database: Database, index: BlindIndex) -> None:
        self._database = database
        self._index = index

    async def against(self, delivery: ClaimedDelivery, phone: str) -> str | None:
        """Why a text message is not to go to that number any more, if there is a reason.

        What an application sends goes to no number that does not exist, as a provider said: who has an account is told.
        """
        if not optional(delivery.template):  # type: ignore[arg-type]
            return None
        pool, town, mark = self._database.pool, delivery.collectivity, address_mark(self._index, Channel.SMS, phone)
        if await text_stops.holds(pool, town, await self._whose(delivery), mark):
            return "texts-stopped"
        theirs = delivery.template == APPLICATION_MESSAGE
        return "address-dead" if theirs and await dead_addresses.dead(pool, town, Channel.SMS, mark) else None

    async def no_number(self, collectivity: str, phone: str, status: str, *, surely: bool) -> None:
        """A provider says that there is no such number, or that it may be so: repeated, that counts again."""
        mark = address_mark(self._index, Channel.SMS, phone)
        async with self._database.unit_of_work() as uow:
            failure = dead_addresses.Failure(collectivity, Channel.SMS, mark, status, surely)
            await dead_addresses.failed(uow.session, failure, datetime.now(UTC))
            await uow.commit()

    async def told(self, delivery: ClaimedDelivery, phone: str) -> None:
        """A provider says that a number has told it to stop. Safe to repeat."""
        whose = await self._whose(delivery)
        if whose == THE_TOWN:
            await self.stop(delivery.collectivity, phone)
        else:
            async with self._database.unit_of_work() as uow:
                now = datetime.now(UTC)
                await stop_application(uow.session, self._index, delivery.collectivity, whose, phone, Said(None, now))
                await uow.commit()
        if delivery.template != APPLICATION_MESSAGE:
            await stop_sms(self._database, delivery.person, delivery.collectivity)

    async def stop(self, collectivity: str, phone: str) -> None:
        """End what a town sends to a number, which a provider says has told it to stop. Safe to repeat."""
        async with self._database.unit_of_work() as uow:
            now = datetime.now(UTC)
            await stop_by_text(uow.session, self._index, collectivity, phone, now, words=None)
            await uow.commit()

    async def _whose(self, delivery: ClaimedDelivery) -> str:
        if delivery.template != APPLICATION_MESSAGE:
            return THE_TOWN
        return await text_stops.whose(self._database.pool, delivery.message_id, delivery.collectivity)


async def stop_by_text(
    session: AsyncSession,
    index: BlindIndex,
    collectivity: str,
    phone: str,
    now: datetime,
    *,
    words: str | None = _WORDS,
    said_at: datetime | None = None,
) -> int:
    """End what a town sends to a number, in the caller's transaction; returns of how many subscriptions the news.

    Where that was said before now, news to which they agreed since stay, and so does what was taken back since. When an
    account asked for news by text message is not kept: asked for since, by who had agreed before, they end as well, and
    are to be asked for again.

    ``phone`` is whose text message came in, in E.164, as a provider said whose signature was checked before, or to whom
    a provider sends no more. Who has no account takes the consent back; an account, which may have its news by mail as
    well, has them by text message no more.
    """
    mark = address_mark(index, Channel.SMS, phone)
    await subscribers.lock_address(session, collectivity, mark)
    stopped, agreed = 0, list[datetime]()
    for row in await subscribers.at(session, collectivity, Channel.SMS, mark):
        if row.kind == SubscriberKind.ADDRESS and said_at is not None and row.news_at and row.news_at > said_at:
            agreed.append(row.news_at)
        if await _stopped(session, row, now, said_at):
            row.version, row.updated_at = row.version + 1, now
            stopped += 1
    await session.flush()
    await _record(session, collectivity, THE_TOWN, mark, Said(words, said_at or now), agreed)
    return stopped


async def stop_application(
    session: AsyncSession, index: BlindIndex, collectivity: str, application: str, phone: str, said: Said
) -> None:
    """End what an application sends to a number, and nothing else, in the caller's transaction."""
    await _record(session, collectivity, application, address_mark(index, Channel.SMS, phone), said, ())


async def _record(
    session: AsyncSession,
    collectivity: str,
    application: str,
    mark: bytes,
    said: Said,
    since: Collection[datetime],
) -> None:
    """Keep the proof; what was taken back, or agreed to, since it was said has ended it."""
    last = await text_stops.lifted_last(session, collectivity, application, mark)
    over = max((each for each in (last, *since) if each is not None and each > said.at), default=None)
    ended = {"lifted_at": over, "lifted_way": StopWay.SUBSCRIPTION} if over else {}
    row = {"way": said.way, "words": said.words, "said_at": said.at, **ended}
    await text_stops.record(session, collectivity, application, mark, **row)


async def start_by_text(
    session: AsyncSession, index: BlindIndex, collectivity: str, application: str, phone: str, said: Said
) -> bool:
    """Take back what that number has stopped, and agree to the news that ended with it; False where nothing had."""
    mark = address_mark(index, Channel.SMS, phone)
    await subscribers.lock_address(session, collectivity, mark)
    where = (session, collectivity, application, [mark])
    if not await text_stops.lift(*where, way=StopWay.TEXT, words=said.words, at=said.at):
        return False
    if application == THE_TOWN:
        for row in await subscribers.at(session, collectivity, Channel.SMS, mark):
            await _again(session, row, said)
        await session.flush()
    return True


async def _again(session: AsyncSession, row: Subscriber, said: Said) -> None:
    if row.kind != SubscriberKind.ADDRESS or row.state != SubscriberState.ACTIVE:
        return
    ended = {each.purpose for each in await subscribers.consents_of(session, row.id) if each.way == ConsentWay.STOP}
    if Purpose.NEWS in ended:
        agree(session, row, [GivenConsent(Purpose.NEWS, given=True, words=said.words or "")], ConsentWay.START, said.at)
        row.version, row.updated_at = row.version + 1, said.at


async def _stopped(session: AsyncSession, row: Subscriber, now: datetime, said_at: datetime | None) -> bool:
    if said_at is not None and row.news_at is not None and row.news_at > said_at:
        return False
    if row.kind == SubscriberKind.ACCOUNT:
        return await subscribers.drop_channel(session, row.id, Channel.SMS)
    if row.kind != SubscriberKind.ADDRESS or row.news_at is None:
        return False
    agree(session, row, [GivenConsent(Purpose.NEWS, given=False, words=_WORDS)], ConsentWay.STOP, now)
    return True
