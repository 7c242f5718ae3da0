# SPDX-License-Identifier: EUPL-1.2
"""Broadcasts as agents make and follow them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_notifications.db.broadcast_tables import Broadcast, BroadcastArea, Recipient
from parvis_notifications.domain.broadcast import BroadcastState, Lane
from parvis_notifications.domain.errors import NotFoundError, StaleVersionError
from parvis_notifications.domain.geometry import Ring

_FIGURES: Final = text(
    "SELECT channel, state, count(*) AS people, coalesce(sum(cost_millicents), 0)::bigint AS cost"
    " FROM broadcast_delivery WHERE broadcast_id = :broadcast GROUP BY channel, state ORDER BY channel, state"
)


async def add(session: AsyncSession, areas: Sequence[Ring], **values: Any) -> Broadcast:
    """A new one with its areas; none: everywhere."""
    row = Broadcast(everywhere=not areas, version=1, **values)
    session.add(row)
    await session.flush()
    await put_areas(session, row, areas)
    return row


async def put_areas(session: AsyncSession, row: Broadcast, areas: Sequence[Ring]) -> None:
    """The outlines of a new one."""
    session.add_all(
        BroadcastArea(broadcast_id=row.id, ordinal=ordinal, collectivity=row.collectivity, outline=outline)
        for ordinal, outline in enumerate(areas)
    )
    await session.flush()


async def replace_areas(session: AsyncSession, row: Broadcast, areas: Sequence[Ring]) -> None:
    """These in the place of those that it had; none: everywhere."""
    await session.execute(delete(BroadcastArea).where(BroadcastArea.broadcast_id == row.id))
    row.everywhere = not areas
    await put_areas(session, row, areas)


async def one(
    session: AsyncSession, collectivity: str, lane: Lane, broadcast_id: UUID, *, locked: bool = False
) -> Broadcast:
    """One of a collectivity's; raises NotFoundError."""
    wanted = select(Broadcast).where(
        Broadcast.id == broadcast_id, Broadcast.collectivity == collectivity, Broadcast.lane == lane.value
    )
    row = (await session.execute(wanted.with_for_update() if locked else wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def page(
    session: AsyncSession, collectivity: str, lane: Lane, position: keyset.Position | None, limit: int
) -> keyset.Slice[Broadcast]:
    """One page of a lane of a collectivity, newest first."""
    wanted = select(Broadcast).where(Broadcast.collectivity == collectivity, Broadcast.lane == lane.value)
    found = await session.scalars(keyset.at(wanted, Broadcast.created_at, Broadcast.id, position, limit))
    return keyset.cut(found.all(), position, limit)


async def published(
    session: AsyncSession, collectivity: str, position: keyset.Position | None, limit: int, now: datetime
) -> keyset.Slice[Broadcast]:
    """One page of the news that everybody may read by now, the latest first; not what was stopped before it went."""
    wanted = select(Broadcast).where(
        Broadcast.collectivity == collectivity,
        Broadcast.lane == Lane.NEWS.value,
        Broadcast.publish_at <= now,
        Broadcast.state.not_in((BroadcastState.CANCELLED.value, BroadcastState.DRAFT.value)),
        or_(Broadcast.state != BroadcastState.PAUSED.value, Broadcast.frozen_at.is_not(None)),
    )
    found = await session.scalars(keyset.at(wanted, Broadcast.publish_at, Broadcast.id, position, limit))
    return keyset.cut(found.all(), position, limit, key="publish_at")


async def areas(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, list[Ring]]:
    """The outlines of these."""
    wanted = select(BroadcastArea).where(BroadcastArea.broadcast_id.in_(ids)).order_by(BroadcastArea.ordinal)
    found: dict[UUID, list[Ring]] = {id_: [] for id_ in ids}
    for row in (await session.scalars(wanted)).all():
        found[row.broadcast_id].append(row.outline)
    return found


async def move(session: AsyncSession, row: Broadcast, state: BroadcastState, now: datetime) -> Broadcast:
    """The next version, in that state; raises StaleVersionError where another act came first."""
    ended = {"done_at": now} if state is BroadcastState.CANCELLED else {}
    changed = (
        update(Broadcast)
        .where(Broadcast.id == row.id, Broadcast.version == row.version)
        .values(state=state.value, version=row.version + 1, **ended)
        .execution_options(synchronize_session=False, populate_existing=True)
        .returning(Broadcast)
    )
    after = (await session.execute(changed)).scalar_one_or_none()
    if after is None:
        raise StaleVersionError
    return after


async def figures(session: AsyncSession, broadcast_id: UUID) -> list[tuple[str, str, int, int]]:
    """How many recipients by channel and state, and what they cost so far, in thousandths of a eurocent."""
    found = await session.execute(_FIGURES, {"broadcast": broadcast_id})
    return [(row.channel, row.state, row.people, row.cost) for row in found]


async def told(session: AsyncSession, recipient: int) -> tuple[UUID, Broadcast] | None:
    """Who one recipient is, and of what they were told; None where nobody knows any more."""
    wanted = select(Recipient.subscriber_id, Broadcast).join(Broadcast, Broadcast.id == Recipient.broadcast_id)
    return (await session.execute(wanted.where(Recipient.number == recipient))).tuples().first()


async def subscriber_of(session: AsyncSession, recipient: int) -> UUID | None:
    """Who one recipient is; None where nobody knows any more."""
    row = await session.get(Recipient, recipient)
    return None if row is None else row.subscriber_id
