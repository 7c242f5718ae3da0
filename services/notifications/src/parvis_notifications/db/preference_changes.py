# SPDX-License-Identifier: EUPL-1.2
"""How people's choices came to be."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_kit.ids import uuid7
from parvis_notifications.db.tables import PreferenceChange
from parvis_notifications.domain.preferences import Preferences, Way
from parvis_notifications.domain.topic import Topic


def add(
    session: AsyncSession,
    person: UUID,
    collectivity: str,
    chosen: Preferences,
    topics: Iterable[Topic],
    *,
    way: Way,
    words: str | None,
    now: datetime,
) -> None:
    """Keep what is chosen of these topics from now on, in the transaction that changes the preferences."""
    session.add_all(
        PreferenceChange(
            id=uuid7(),
            collectivity=collectivity,
            person=person,
            topic=topic,
            channels=list(chosen.channels(topic)),
            mode=chosen.mode(topic),
            way=way,
            words=words,
            created_at=now,
        )
        for topic in topics
    )


async def page(
    session: AsyncSession, person: UUID, collectivity: str, *, position: keyset.Position | None, limit: int
) -> keyset.Slice[PreferenceChange]:
    """One page of them, newest first."""
    table = PreferenceChange
    mine = select(table).where(table.collectivity == collectivity, table.person == person)
    wanted = keyset.at(mine, table.created_at, table.id, position=position, limit=limit)
    return keyset.cut((await session.scalars(wanted)).all(), position, limit)
