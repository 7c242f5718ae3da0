# SPDX-License-Identifier: EUPL-1.2
"""The alerts that hold, for those who are among their recipients and look at their inbox."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db.alert_tables import Alert
from parvis_notifications.db.broadcast_tables import Broadcast, Recipient
from parvis_notifications.db.inbox_positions import Owner
from parvis_notifications.db.subscription_tables import Subscriber

_LONGEST: Final = timedelta(days=30)
_MOST: Final = 20
# The few that hold are found first: who follows is looked up in those, and not in all that there were.
_LATEST: Final = """
WITH wanted AS (SELECT DISTINCT * FROM unnest($1::text[], $2::uuid[]) AS w (collectivity, person)),
holds AS MATERIALIZED (
    SELECT a.id, a.collectivity FROM alert a WHERE a.collectivity = ANY($1::text[])
    AND a.sent_at > now() - $3::interval AND a.ended_at IS NULL AND a.expires_at > now())
SELECT w.collectivity, w.person, max(r.number) AS number
FROM holds h JOIN wanted w ON w.collectivity = h.collectivity
JOIN subscriber s ON s.collectivity = w.collectivity AND s.person = w.person
JOIN recipient r ON r.broadcast_id = h.id AND r.subscriber_id = s.id
GROUP BY w.collectivity, w.person
"""
Told = tuple[Recipient, Alert, Broadcast]


async def latest_of_many(pool: "asyncpg.Pool[Any]", owners: Collection[Owner]) -> dict[Owner, int]:
    """As which recipient each of these was told last of an alert that holds; nothing of whom none was."""
    keys = list(owners)
    rows = await pool.fetch(_LATEST, [key[0] for key in keys], [key[1] for key in keys], _LONGEST)
    return {(row["collectivity"], row["person"]): row["number"] for row in rows}


async def holding(session: AsyncSession, collectivity: str, person: UUID, after: int, now: datetime) -> Sequence[Told]:
    """Those that hold of which somebody was told as a recipient after that one, the first first."""
    wanted = (
        select(Recipient, Alert, Broadcast)
        .join(Alert, Alert.id == Recipient.broadcast_id)
        .join(Broadcast, Broadcast.id == Alert.id)
        .join(Subscriber, Subscriber.id == Recipient.subscriber_id)
        .where(Subscriber.collectivity == collectivity, Subscriber.person == person)
        .where(Alert.collectivity == collectivity, Alert.sent_at > now - _LONGEST)
        .where(Alert.ended_at.is_(None), Alert.expires_at > now, Recipient.number > after)
        .order_by(Recipient.number)
        .limit(_MOST)
    )
    return (await session.execute(wanted)).tuples().all()
