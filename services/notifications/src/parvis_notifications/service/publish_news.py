# SPDX-License-Identifier: EUPL-1.2
"""Agents keep the topics, and publish news to whoever subscribed to one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_kit.security.principal import Principal
from parvis_notifications.db import broadcasts, social_posts, subscribers
from parvis_notifications.db.broadcast_tables import Broadcast
from parvis_notifications.db.subscription_tables import NewsTopic
from parvis_notifications.domain.broadcast import BroadcastState, Lane
from parvis_notifications.domain.errors import (
    NotFoundError,
    NotMovableError,
    ScheduleRefusedError,
    StaleVersionError,
    UnknownTopicsError,
)
from parvis_notifications.domain.geometry import Ring
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.plan_posts import plan_posts
from parvis_notifications.social_settings import SocialAccountSettings

MOVES: Final = {
    "pause": ({BroadcastState.SENDING, BroadcastState.READY}, BroadcastState.PAUSED),
    "resume": ({BroadcastState.PAUSED}, BroadcastState.SENDING),
    "cancel": (
        {BroadcastState.DRAFT, BroadcastState.READY, BroadcastState.SENDING, BroadcastState.PAUSED},
        BroadcastState.CANCELLED,
    ),
}
FARTHEST: Final = timedelta(days=90)
"""So far ahead a piece of news can be written."""
_BEFORE: Final = {BroadcastState.READY, BroadcastState.PAUSED}


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of news: its words by language, and the outlines of those whom it concerns; none: everybody.

    ``scheduled_at`` is when it goes; None: at once. A ``draft`` goes once an agent publishes it.
    """

    topic: str
    texts: Mapping[str, Mapping[str, str]]
    link: str | None
    area_label: str | None
    areas: Sequence[Ring]
    social: bool
    scheduled_at: datetime | None = None
    draft: bool = False


async def keep_topic(
    session: AsyncSession,
    collectivity: str,
    code: str,
    label: Mapping[str, str],
    *,
    active: bool,
    version: int,
    now: datetime,
) -> int:
    """The next version of a topic in the place of that one (0: new); raises StaleVersionError, NotFoundError."""
    values = {"label": dict(label), "active": active, "version": version + 1, "updated_at": now}
    if version == 0:
        fresh = insert(NewsTopic).values(collectivity=collectivity, code=code, **values)
        done = await session.execute(fresh.on_conflict_do_nothing().returning(NewsTopic.version))
    else:
        same = (NewsTopic.collectivity == collectivity, NewsTopic.code == code, NewsTopic.version == version)
        done = await session.execute(update(NewsTopic).where(*same).values(**values).returning(NewsTopic.version))
    if done.first() is None:
        known = await subscribers.topics(session, collectivity, retired=True)
        raise StaleVersionError if version == 0 or code in {row.code for row in known} else NotFoundError
    return version + 1


async def publish_news(
    session: AsyncSession, agent: Principal, item: Item, accounts: Sequence[SocialAccountSettings], now: datetime
) -> Broadcast:
    """Put it on its way, at once or at its time; its audience is frozen when the worker takes it, not before.

    Raises UnknownTopicsError, ScheduleRefusedError.
    """
    await _check(session, agent, item, now)
    row = await broadcasts.add(
        session,
        item.areas,
        id=uuid7(),
        collectivity=agent.collectivity,
        lane=Lane.NEWS,
        state=BroadcastState.DRAFT if item.draft else BroadcastState.READY,
        channels=list(Channel),
        escalate_seconds=None,
        exercise=False,
        author=agent.person,
        created_at=now,
        **_said(item, now),
    )
    if not item.draft:
        await plan_posts(session, row, (), accounts, row.publish_at)
    return row


async def publish_draft(
    session: AsyncSession,
    agent: Principal,
    news_id: UUID,
    accounts: Sequence[SocialAccountSettings],
    *,
    version: int,
    now: datetime,
) -> Broadcast:
    """Put a draft on its way, at the time that it names, or at once where that has passed or it names none.

    Raises NotFoundError, StaleVersionError, NotMovableError, UnknownTopicsError where there is no such topic any more.
    """
    row = await broadcasts.one(session, agent.collectivity, Lane.NEWS, news_id, locked=True)
    if row.version != version:
        raise StaleVersionError
    if row.state != BroadcastState.DRAFT:
        raise NotMovableError
    if await subscribers.unknown_topics(session, agent.collectivity, [row.topic or ""]):
        raise UnknownTopicsError
    if row.freeze_after is None or row.freeze_after <= now:
        row.publish_at, row.freeze_after = now, None
    row.state, row.version = BroadcastState.READY, version + 1
    await session.flush()
    await plan_posts(session, row, (), accounts, row.publish_at)
    return row


async def rewrite_news(
    session: AsyncSession,
    agent: Principal,
    news_id: UUID,
    item: Item,
    accounts: Sequence[SocialAccountSettings],
    *,
    version: int,
    now: datetime,
) -> Broadcast:
    """Write a draft, or what waits for its time, anew, its time included; nobody has read any of it yet.

    Raises what ``publish_news`` does, NotFoundError, StaleVersionError, NotMovableError where its time has come.
    """
    row = await broadcasts.one(session, agent.collectivity, Lane.NEWS, news_id, locked=True)
    if row.version != version:
        raise StaleVersionError
    draft = row.state == BroadcastState.DRAFT
    if not draft and (row.state not in _BEFORE or row.publish_at <= now):
        raise NotMovableError
    await _check(session, agent, item, now)
    for name, value in _said(item, now).items():
        setattr(row, name, value)
    row.version += 1
    await broadcasts.replace_areas(session, row, item.areas)
    if not draft:
        if not await social_posts.unplan(session, row.id):  # by the database's clock its time had come
            raise NotMovableError
        await plan_posts(session, row, (), accounts, row.publish_at)
    await session.flush()
    return row


async def _check(session: AsyncSession, agent: Principal, item: Item, now: datetime) -> None:
    if await subscribers.unknown_topics(session, agent.collectivity, [item.topic]):
        raise UnknownTopicsError
    if item.scheduled_at and not now < item.scheduled_at <= now + FARTHEST:
        raise ScheduleRefusedError


def _said(item: Item, now: datetime) -> dict[str, Any]:
    return {
        "topic": item.topic,
        "texts": {language: dict(words) for language, words in item.texts.items()},
        "link": item.link,
        "area_label": item.area_label,
        "social": item.social,
        "publish_at": item.scheduled_at or now,
        # A worker of the version before waits for this alone.
        "freeze_after": item.scheduled_at,
    }


async def move_broadcast(
    session: AsyncSession, collectivity: str, lane: Lane, broadcast: UUID, action: str, *, version: int, now: datetime
) -> Broadcast:
    """Pause it, let it go on, or cancel what has not gone.

    Raises NotFoundError, StaleVersionError, NotMovableError.
    """
    row = await broadcasts.one(session, collectivity, lane, broadcast, locked=True)
    if row.version != version:
        raise StaleVersionError
    allowed, after = MOVES[action]
    if row.state not in allowed:
        raise NotMovableError
    if action == "resume" and row.frozen_at is None:
        after = BroadcastState.READY
    if row.state == BroadcastState.DRAFT:
        row.publish_at = max(row.publish_at, now)  # it never was to go before it was thrown away
    return await broadcasts.move(session, row, after, now)
