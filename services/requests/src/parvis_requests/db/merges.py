# SPDX-License-Identifier: EUPL-1.2
"""Which requests go along with which."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db import access
from parvis_requests.db.tables import Merge
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.request import Actor


async def one_at_a_time(session: AsyncSession, collectivity: str) -> None:
    """Wait for other merges of the collectivity: each looks at two requests, in an order of its own."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"merge/{collectivity}", 0))))


async def of(session: AsyncSession, child_id: UUID) -> Merge | None:
    """With which request that one goes along."""
    return await session.get(Merge, child_id)


async def part(session: AsyncSession, child_id: UUID) -> bool:
    """Let it go along with none; returns whether it did with one."""
    gone = delete(Merge).where(Merge.child_id == child_id).returning(Merge.child_id)
    return await session.scalar(gone) is not None


async def of_any(session: AsyncSession, ids: Sequence[UUID]) -> Sequence[Merge]:
    """The merges in which any of these is parent or child."""
    wanted = select(Merge).where(or_(Merge.child_id.in_(ids), Merge.parent_id.in_(ids)))
    return (await session.scalars(wanted.limit(1_000))).all()


async def children_read_by(session: AsyncSession, agent: Actor, parent_id: UUID) -> Sequence[Row]:
    """Those of them that the agent may read."""
    wanted = select(Row).join(Merge, Merge.child_id == Row.id).where(Merge.parent_id == parent_id)
    return (await session.scalars(wanted.where(access.open_to(agent)).order_by(Row.id))).all()


async def children(session: AsyncSession, parent_id: UUID, *, lock: bool = False) -> Sequence[Row]:
    """The requests that go along with that one, in the order of their ids."""
    wanted = select(Row).join(Merge, Merge.child_id == Row.id).where(Merge.parent_id == parent_id).order_by(Row.id)
    return (await session.scalars(wanted.with_for_update(of=Row) if lock else wanted)).all()
