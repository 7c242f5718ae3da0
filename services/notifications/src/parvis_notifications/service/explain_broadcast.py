# SPDX-License-Identifier: EUPL-1.2
"""A citizen asks why a piece of news or an alert came to them, or did not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db import broadcast_standings, gathered_news
from parvis_notifications.db.broadcast_tables import Broadcast, BroadcastDelivery
from parvis_notifications.db.subscription_tables import Subscriber
from parvis_notifications.domain.broadcast import BroadcastState, Lane, PartState
from parvis_notifications.domain.broadcast_reason import (
    PartReason,
    PartStanding,
    Standing,
    WholeReason,
    part_reason,
    whole_reason,
)
from parvis_notifications.domain.errors import NotFoundError
from parvis_notifications.domain.reader import Reader

_RECENT: Final = timedelta(days=90)
_MOST_RECENT: Final = 10
_WAITING: Final = {PartState.PENDING, PartState.RETRY}


@dataclass(frozen=True, slots=True)
class ExplainedPart:
    """Why by one channel, and when it is its turn where that is still to come."""

    row: BroadcastDelivery
    reason: PartReason
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Explained:
    """Why as a whole, and by each channel in their order."""

    broadcast: Broadcast
    reason: WholeReason
    parts: Sequence[ExplainedPart]


async def explain_broadcast(
    session: AsyncSession, reader: Reader, broadcast: UUID, kept: timedelta, now: datetime
) -> Explained:
    """Of what everybody of the town may know of; raises NotFoundError.

    ``kept`` is how long it is known who an audience was. Whoever is not of it is told how they stand to it now.
    """
    found = await broadcast_standings.issued(session, reader.collectivity, broadcast)
    if found is None:
        raise NotFoundError
    row, alert = found
    public = _issued(row, now) if alert is None else alert.sent_at is not None
    if not public:
        raise NotFoundError
    stands = await broadcast_standings.standing(session, row, reader)
    return await _explained(session, row, *stands, kept, now)


def _issued(row: Broadcast, now: datetime) -> bool:
    """Whether its time came while it was to go; not of what was thrown away as a draft, or called off before."""
    if row.state == BroadcastState.DRAFT or row.publish_at > now:
        return False
    return row.state != BroadcastState.CANCELLED or row.done_at is None or row.publish_at < row.done_at


async def explain_recent(
    session: AsyncSession, they: Subscriber, kept: timedelta, now: datetime
) -> Sequence[Explained]:
    """Of the last news and alerts of the town how one subscriber stands to each, the latest first."""
    rows = await broadcast_standings.recent(session, they.collectivity, now - _RECENT, _MOST_RECENT, now)
    return [
        await _explained(session, row, *await broadcast_standings.standing_of(session, row, they), kept, now)
        for row in rows
    ]


async def _explained(
    session: AsyncSession,
    row: Broadcast,
    they: Standing,
    parts: Sequence[BroadcastDelivery],
    kept: timedelta,
    now: datetime,
) -> Explained:
    lane, state = Lane(row.lane), BroadcastState(row.state)
    forgotten = row.frozen_at is not None and row.frozen_at <= now - kept
    reason = whole_reason(state, frozen=row.frozen_at is not None, forgotten=forgotten, lane=lane, they=they)
    order = {channel: place for place, channel in enumerate(row.channels)}
    told = sorted(parts, key=lambda each: order.get(each.channel, len(order)))
    explained = [
        ExplainedPart(each, _reason(lane, state, each, order, now), await _next_at(session, each)) for each in told
    ]
    return Explained(row, reason, explained)


async def _next_at(session: AsyncSession, part: BroadcastDelivery) -> datetime | None:
    state = PartState(part.state)
    if state is PartState.GATHERED:
        return await gathered_news.goes_at(session, part.digest_id)
    return part.due_at if state in _WAITING else None


def _reason(
    lane: Lane, whole: BroadcastState, part: BroadcastDelivery, order: dict[str, int], now: datetime
) -> PartReason:
    state = PartState(part.state)
    # Of what has ended the time is infinite, and without a zone.
    waits = state is PartState.PENDING and part.due_at > now
    stands = PartStanding(state, part.last_reply, waits, order.get(part.channel) == 0)
    return part_reason(lane, whole, stands)
