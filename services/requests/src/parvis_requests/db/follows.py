# SPDX-License-Identifier: EUPL-1.2
"""Who follows which request."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_requests.db.tables import Follow, Reporter
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.request import Actor


async def follow(session: AsyncSession, row: Row, actor: Actor, now: datetime) -> None:
    """Follow; safe to repeat."""
    values = {"id": uuid7(), "request_id": row.id, "collectivity": row.collectivity, "person": actor.person}
    await session.execute(insert(Follow).values(**values, created_at=now).on_conflict_do_nothing())


async def follow_alone(session: AsyncSession, row: Row, person: UUID, address: bytes, now: datetime) -> None:
    """Have somebody without an account follow, by the blind index of their address; safe to repeat."""
    values = {"id": uuid7(), "request_id": row.id, "collectivity": row.collectivity, "person": person}
    statement = insert(Follow).values(**values, address=address, created_at=now)
    await session.execute(statement.on_conflict_do_nothing())


async def by_address(session: AsyncSession, request_id: UUID, address: bytes) -> bool:
    """Whether an address follows a request."""
    wanted = select(Follow.id).where(Follow.request_id == request_id, Follow.address == address)
    return await session.scalar(wanted) is not None


async def one(session: AsyncSession, id_: UUID) -> Follow | None:
    """The one of that id."""
    return await session.get(Follow, id_)


async def alone(session: AsyncSession, collectivity: str, request_id: UUID, person: UUID) -> Follow | None:
    """How somebody without an account follows a request."""
    mine = (Follow.request_id == request_id, Follow.person == person, Follow.collectivity == collectivity)
    wanted = select(Follow).where(*mine, Follow.address.is_not(None))
    return (await session.execute(wanted)).scalar_one_or_none()


async def remove_alone(session: AsyncSession, request_id: UUID, id_: UUID | None = None) -> Sequence[UUID]:
    """Forget who follows a request without an account, or the one of that id; returns whose keys to destroy."""
    theirs = select(Follow.person).where(Follow.request_id == request_id, Follow.address.is_not(None))
    theirs = theirs.where(Follow.id == id_) if id_ else theirs
    gone = delete(Reporter).where(Reporter.person.in_(theirs)).returning(Reporter.person)
    people = (await session.scalars(gone.execution_options(synchronize_session=False))).all()
    left = delete(Follow).where(Follow.request_id == request_id, Follow.person.in_(people))
    await session.execute(left.execution_options(synchronize_session=False))
    return people


async def unfollow(session: AsyncSession, row: Row, actor: Actor) -> None:
    """Follow no longer; safe to repeat."""
    await session.execute(delete(Follow).where(Follow.request_id == row.id, Follow.person == actor.person))


async def does(session: AsyncSession, row: Row, actor: Actor) -> bool:
    """Whether somebody follows a request."""
    wanted = select(Follow.id).where(Follow.request_id == row.id, Follow.person == actor.person)
    return await session.scalar(wanted) is not None


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
