# SPDX-License-Identifier: EUPL-1.2
"""The rows of tracking tokens."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import Confirmation, Tracking
from parvis_requests.db.tables import Request as Row


class Tracked(NamedTuple):
    """Whose request a token follows."""

    request_id: UUID
    person: UUID
    collectivity: str


async def by_digest(session: AsyncSession, digest: bytes) -> Tracked | None:
    """What the token of that digest follows; None where nothing was filed with it."""
    wanted = (
        select(Row.id, Tracking.person, Tracking.collectivity)
        .join(Row, (Row.author == Tracking.person) & (Row.collectivity == Tracking.collectivity))
        .where(Tracking.digest == digest)
    )
    row = (await session.execute(wanted)).one_or_none()
    return Tracked(*row) if row else None


async def has_token(session: AsyncSession, person: UUID, collectivity: str) -> bool:
    """Whether a token opens what that person has filed in a collectivity."""
    theirs = exists().where(Tracking.person == person, Tracking.collectivity == collectivity)
    return bool(await session.scalar(select(theirs)))


async def unfiled(session: AsyncSession, collectivity: str, digest: bytes) -> UUID | None:
    """Whose token that is, where nothing was filed with it yet, nor waits."""
    wanted = select(Tracking.person).where(
        Tracking.digest == digest,
        Tracking.collectivity == collectivity,
        ~exists().where(Row.author == Tracking.person, Row.collectivity == Tracking.collectivity),
        ~exists().where(Confirmation.person == Tracking.person, Confirmation.content.is_not(None)),
    )
    return (await session.execute(wanted)).scalar_one_or_none()


async def move(session: AsyncSession, person: UUID, to: UUID, collectivity: str) -> bool:
    """Have somebody's token follow what is another person's in a collectivity; returns whether they had one."""
    moved = update(Tracking).where(Tracking.person == person).values(person=to, collectivity=collectivity)
    return (await session.execute(moved.returning(Tracking.digest))).first() is not None


async def count_filed(session: AsyncSession, collectivity: str, since: datetime, most: int) -> int:
    """With how many tokens of that collectivity something was filed since then, counted up to ``most``."""
    stored = exists().where(Row.author == Tracking.person, Row.collectivity == Tracking.collectivity)
    waits = exists().where(Confirmation.person == Tracking.person, Confirmation.content.is_not(None))
    mine = (Tracking.collectivity == collectivity, Tracking.created_at > since)
    some = select(Tracking.digest).where(*mine, stored | waits).limit(most)
    return (await session.execute(select(func.count()).select_from(some.subquery()))).scalar_one()
