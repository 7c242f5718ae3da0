# SPDX-License-Identifier: EUPL-1.2
"""How one person stands to one broadcast, read by keys."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import exists, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db import broadcasts, subscribers
from parvis_notifications.db.alert_tables import Alert
from parvis_notifications.db.broadcast_tables import Broadcast, BroadcastDelivery, Recipient
from parvis_notifications.db.chat_tables import ChatAddress
from parvis_notifications.db.push_tables import PushSubscription
from parvis_notifications.db.subscription_tables import Place, Subscriber
from parvis_notifications.domain.broadcast import Lane
from parvis_notifications.domain.broadcast_reason import Standing
from parvis_notifications.domain.reader import Reader
from parvis_notifications.domain.topic import Channel

_MEETS: Final = text(
    "SELECT EXISTS (SELECT 1 FROM place p JOIN broadcast_area a ON a.broadcast_id = :broadcast"
    " WHERE p.subscriber_id = :subscriber AND (p.position <@ a.outline OR p.outline && a.outline))"
)


async def issued(session: AsyncSession, collectivity: str, broadcast: UUID) -> tuple[Broadcast, Alert | None] | None:
    """One of a collectivity's, with the alert where it is one."""
    wanted = (
        select(Broadcast, Alert)
        .outerjoin(Alert, Alert.id == Broadcast.id)
        .where(Broadcast.id == broadcast, Broadcast.collectivity == collectivity)
    )
    return (await session.execute(wanted)).tuples().first()


async def recent(
    session: AsyncSession, collectivity: str, since: datetime, limit: int, now: datetime
) -> Sequence[Broadcast]:
    """The last news and alerts of which everybody of the town may know, the latest first."""
    news = (await broadcasts.published(session, collectivity, None, limit, now)).rows
    sent = (
        select(Alert.sent_at, Broadcast)
        .join(Broadcast, Broadcast.id == Alert.id)
        .where(Alert.collectivity == collectivity, Alert.sent_at > since)
        .order_by(Alert.sent_at.desc(), Alert.id.desc())
        .limit(limit)
    )
    told = [(at, row) for at, row in (await session.execute(sent)).tuples() if at is not None]
    told += [(row.publish_at, row) for row in news if row.publish_at > since]
    return [row for _, row in sorted(told, key=lambda each: (each[0], each[1].id), reverse=True)][:limit]


async def standing(
    session: AsyncSession, broadcast: Broadcast, reader: Reader
) -> tuple[Standing, Sequence[BroadcastDelivery]]:
    """How somebody with an account stands to it, and what is kept of each channel, in no order."""
    they = await subscribers.of_person(session, reader.collectivity, reader.person)
    return (Standing(), ()) if they is None else await standing_of(session, broadcast, they)


async def standing_of(
    session: AsyncSession, broadcast: Broadcast, they: Subscriber
) -> tuple[Standing, Sequence[BroadcastDelivery]]:
    """The same of any subscriber."""
    chosen = await _channels(session, they, broadcast)
    row = await session.scalar(
        select(Recipient.number).where(Recipient.broadcast_id == broadcast.id, Recipient.subscriber_id == they.id)
    )
    parts: Sequence[BroadcastDelivery] = ()
    if row is not None:
        parts = (await session.scalars(select(BroadcastDelivery).where(BroadcastDelivery.recipient == row))).all()
    ids = {"broadcast": broadcast.id, "subscriber": they.id}
    meets = broadcast.everywhere or bool((await session.execute(_MEETS, ids)).scalar_one())
    return (
        Standing(
            recipient=row is not None,
            ways=len(parts),
            agreed=(they.news_at if broadcast.lane == Lane.NEWS else they.emergency_at) is not None,
            drills=not broadcast.exercise or they.exercise_at is not None,
            subscribed=chosen is not None,
            places=bool(await session.scalar(select(exists().where(Place.subscriber_id == they.id)))),
            meets=meets,
            addressed=await _addressed(session, they, chosen or ()),
        ),
        parts,
    )


async def _channels(session: AsyncSession, they: Subscriber, broadcast: Broadcast) -> Sequence[str] | None:
    """By which it would come to them; None where they did not subscribe to its topic."""
    if broadcast.lane == Lane.ALERT:
        return broadcast.channels
    topics = await subscribers.topics_of(session, they.id)
    return next((each.channels for each in topics if each.topic == broadcast.topic), None)


async def _addressed(session: AsyncSession, they: Subscriber, channels: Sequence[str]) -> bool:
    known = {Channel.EMAIL: they.email_mark, Channel.SMS: they.phone_mark, Channel.VOICE: they.phone}
    if any(known.get(Channel(each)) is not None for each in channels):
        return True
    browsers = exists().where(
        PushSubscription.person == they.person,
        PushSubscription.collectivity == they.collectivity,
        PushSubscription.work.is_(False),
    )
    if Channel.PUSH in channels and bool(await session.scalar(select(browsers))):
        return True
    room = exists().where(
        ChatAddress.person == they.person,
        ChatAddress.collectivity == they.collectivity,
        ChatAddress.confirmed_at.is_not(None),
        ChatAddress.left_at.is_(None),
    )
    return Channel.CHAT in channels and bool(await session.scalar(select(room)))
