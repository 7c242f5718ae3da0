# SPDX-License-Identifier: EUPL-1.2
"""How people's choices came to be."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_kit.ids import uuid7
from parvis_notifications.db.tables import PreferenceChange
from parvis_notifications.domain.preferences import Way
from parvis_notifications.domain.topic import Channel, Topic


def add(
    session: AsyncSession,
    person: UUID,
    collectivity: str,
    changed: Mapping[Topic, tuple[Channel, ...]],
    *,
    way: Way,
    words: str | None,
    now: datetime,
) -> None:
    """Keep them in the transaction that changes the preferences."""
    session.add_all(
        PreferenceChange(
            id=uuid7(),
            collectivity=collectivity,
            person=person,
            topic=topic,
            channels=list(channels),
            way=way,
            words=words,
            created_at=now,
        )
        for topic, channels in changed.items()
    )


async def page(
    session: AsyncSession, person: UUID, collectivity: str, *, position: keyset.Position | None, limit: int
) -> keyset.Slice[PreferenceChange]:
    """One page of them, newest first."""
    table = PreferenceChange
    mine = select(table).where(table.collectivity == collectivity, table.person == person)
    wanted = keyset.at(mine, table.created_at, table.id, position=position, limit=limit)
    return keyset.cut((await session.scalars(wanted)).all(), position, limit)
