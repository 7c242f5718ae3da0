# SPDX-License-Identifier: EUPL-1.2
"""News and alerts as entries of their recipients' inboxes: read from the audiences, for which nothing more is written.

Who was told is known as long as an audience is (``PARVIS_NOTIFICATIONS_AUDIENCE_RETENTION_DAYS``).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import Select, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_notifications.db.broadcast_tables import Broadcast, Recipient
from parvis_notifications.db.inbox_positions import Owner
from parvis_notifications.db.subscription_tables import Subscriber
from parvis_notifications.domain.broadcast import BroadcastState, Lane
from parvis_notifications.domain.reader import Reader

# More at one moment are counted, and in the list.
_RECENT: Final = """
SELECT w.collectivity, w.person,
    ARRAY(SELECT r.number FROM recipient r WHERE r.subscriber_id = s.id ORDER BY r.number DESC LIMIT 5) AS numbers
FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::uuid[]) AS w (collectivity, person)) w
JOIN subscriber s ON s.collectivity = w.collectivity AND s.person = w.person
"""
_MOVE: Final = text(
    "UPDATE recipient r SET subscriber_id = :stays WHERE r.subscriber_id = :gone AND NOT EXISTS ("
    "SELECT 1 FROM recipient o WHERE o.broadcast_id = r.broadcast_id AND o.subscriber_id = :stays)"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One of them, with the broadcast; in the inbox since its audience was frozen."""

    recipient: Recipient
    broadcast: Broadcast
    id: UUID
    created_at: datetime


async def page(
    session: AsyncSession,
    reader: Reader,
    lanes: Collection[Lane],
    *,
    unread: bool,
    position: keyset.Position | None,
    limit: int,
) -> Sequence[Entry]:
    """Those of one page and one more, in the order in which the page is read."""
    wanted = keyset.at(_mine(reader, lanes, unread=unread), Broadcast.frozen_at, Broadcast.id, position, limit)
    return _entries(await session.execute(wanted))


async def count(session: AsyncSession, reader: Reader, *, unread: bool) -> dict[Lane, int]:
    """How many there are of each lane that has any."""
    wanted = _mine(reader, list(Lane), unread=unread).with_only_columns(Broadcast.lane, func.count())
    rows = (await session.execute(wanted.group_by(Broadcast.lane))).tuples()
    return {Lane(lane): number for lane, number in rows}


async def news_of(session: AsyncSession, reader: Reader, recipients: Collection[int]) -> Sequence[Entry]:
    """The news among these, the first first."""
    wanted = _mine(reader, [Lane.NEWS], unread=False).where(Recipient.number.in_(list(recipients)))
    return _entries(await session.execute(wanted.order_by(Recipient.number)))


async def read_many(
    session: AsyncSession,
    reader: Reader,
    lanes: Collection[Lane],
    ids: Collection[UUID] | None,
    until: datetime,
    read_at: datetime | None,
) -> None:
    """Say of all up to that instant, or of these of them, that they were read then, or with None that they were not."""
    those = _mine(reader, lanes, unread=False).with_only_columns(Recipient.number)
    those = those.where(Broadcast.frozen_at <= until)
    if ids is not None:
        those = those.where(Broadcast.id.in_(list(ids)))
    unread = Recipient.read_at.is_(None) if read_at is not None else Recipient.read_at.is_not(None)
    changed = update(Recipient).where(Recipient.number.in_(those), unread).values(read_at=read_at)
    await session.execute(changed.execution_options(synchronize_session=False))


async def recent_of_many(pool: "asyncpg.Pool[Any]", owners: Collection[Owner]) -> dict[Owner, tuple[int, ...]]:
    """As which recipients each of these was told of the last news and alerts; nothing of whom none is known."""
    keys = list(owners)
    if not keys:
        return {}
    rows = await pool.fetch(_RECENT, [key[0] for key in keys], [key[1] for key in keys])
    return {(row["collectivity"], row["person"]): tuple(row["numbers"]) for row in rows}


async def move(session: AsyncSession, gone: UUID, stays: UUID) -> None:
    """What the one subscriber was told is the other's, who was not told the same."""
    await session.execute(_MOVE, {"gone": gone, "stays": stays})


def _mine(reader: Reader, lanes: Collection[Lane], *, unread: bool) -> Select[Any]:
    they = select(Subscriber.id).where(
        Subscriber.collectivity == reader.collectivity, Subscriber.person == reader.person
    )
    wanted = (
        select(Recipient, Broadcast)
        .join(Broadcast, Broadcast.id == Recipient.broadcast_id)
        .where(Recipient.subscriber_id == they.scalar_subquery(), Broadcast.frozen_at.is_not(None))
        # News that were called off are shown to nobody.
        .where(or_(Broadcast.lane == Lane.ALERT.value, Broadcast.state != BroadcastState.CANCELLED.value))
    )
    if len(lanes) < len(Lane):
        wanted = wanted.where(Broadcast.lane.in_([lane.value for lane in lanes]))
    return wanted.where(Recipient.read_at.is_(None)) if unread else wanted


def _entries(rows: Any) -> list[Entry]:
    return [Entry(recipient, broadcast, broadcast.id, broadcast.frozen_at) for recipient, broadcast in rows.tuples()]
