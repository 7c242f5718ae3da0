# SPDX-License-Identifier: EUPL-1.2
"""Who follows which request."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_requests.db.tables import Follow
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.request import Actor


async def follow(session: AsyncSession, row: Row, actor: Actor, now: datetime) -> None:
    """Follow; safe to repeat."""
    values = {"id": uuid7(), "request_id": row.id, "collectivity": row.collectivity, "person": actor.person}
    await session.execute(insert(Follow).values(**values, created_at=now).on_conflict_do_nothing())


async def unfollow(session: AsyncSession, row: Row, actor: Actor) -> None:
    """Follow no longer; safe to repeat."""
    await session.execute(delete(Follow).where(Follow.request_id == row.id, Follow.person == actor.person))


async def count(session: AsyncSession, request_id: UUID) -> int:
    """How many follow a request."""
    return await session.scalar(select(func.count()).where(Follow.request_id == request_id)) or 0


async def count_of(session: AsyncSession, actor: Actor) -> int:
    """How many requests somebody follows."""
    mine = (Follow.collectivity == actor.collectivity, Follow.person == actor.person)
    return await session.scalar(select(func.count()).where(*mine)) or 0


async def followers(session: AsyncSession, request_id: UUID) -> Sequence[Follow]:
    """Those who follow a request."""
    return (await session.scalars(select(Follow).where(Follow.request_id == request_id))).all()


async def followed(session: AsyncSession, actor: Actor, limit: int) -> Sequence[Row]:
    """What somebody follows, the latest first."""
    wanted = (
        select(Row)
        .join(Follow, Follow.request_id == Row.id)
        .where(Follow.collectivity == actor.collectivity, Follow.person == actor.person)
        .order_by(Follow.created_at.desc(), Follow.id.desc())
        .limit(limit)
    )
    return (await session.scalars(wanted)).all()


async def find(session: AsyncSession, actor: Actor, request_id: UUID) -> Row | None:
    """A request of the actor's collectivity, whoever filed it; whether they may know of it is for the caller."""
    wanted = select(Row).where(Row.id == request_id, Row.collectivity == actor.collectivity)
    return (await session.execute(wanted.with_for_update())).scalar_one_or_none()
