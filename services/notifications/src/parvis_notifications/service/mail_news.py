# SPDX-License-Identifier: EUPL-1.2
"""Whether mails of the news of some topics come to an account, and that they come no more, or again."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db import subscribers
from parvis_notifications.db.subscription_tables import Subscription
from parvis_notifications.domain.digest import Rhythm
from parvis_notifications.domain.topic import Channel


async def mailed_news(session: AsyncSession, person: UUID, collectivity: str, topics: Collection[str]) -> bool:
    """Whether any of these do."""
    they = await subscribers.of_person(session, collectivity, person) if topics else None
    if they is None or they.news_at is None:
        return False
    chosen = await subscribers.topics_of(session, they.id)
    return any(each.topic in topics and Channel.EMAIL in each.channels for each in chosen)


async def mail_news(
    session: AsyncSession, person: UUID, collectivity: str, topics: Collection[str], *, wanted: bool, now: datetime
) -> None:
    """Have them come again, gathered daily where nothing else is left of that choice, or no more.

    Whoever ended their account is left as they are; who agrees to no news any more has none again by this.
    """
    they = await subscribers.of_person(session, collectivity, person, locked=True)
    if they is None or (wanted and they.news_at is None):
        return
    known = {each.topic: each for each in await subscribers.topics_of(session, they.id) if each.topic in topics}
    for topic in topics:
        row = known.get(topic)
        others = [] if row is None else [each for each in row.channels if each != Channel.EMAIL]
        channels = [Channel.EMAIL.value, *others] if wanted else others
        if row is not None and channels:
            row.channels = channels
        elif row is not None:
            await session.delete(row)
        elif channels:
            values = {"subscriber_id": they.id, "topic": topic, "collectivity": collectivity}
            session.add(Subscription(channels=channels, digest=Rhythm.DAILY, **values))
    they.version, they.updated_at = they.version + 1, now
    await session.flush()
