# SPDX-License-Identifier: EUPL-1.2
"""The rows of people who filed without an account."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, delete, exists, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import Confirmation, Follow, Reporter
from parvis_requests.db.tables import Request as Row


async def of(session: AsyncSession, collectivity: str, person: UUID) -> Reporter | None:
    """The reporter, where that person is one."""
    wanted = select(Reporter).where(Reporter.person == person, Reporter.collectivity == collectivity)
    return (await session.execute(wanted)).scalar_one_or_none()


async def several(session: AsyncSession, collectivity: str, persons: Collection[UUID]) -> Sequence[Reporter]:
    """Those of them who are reporters there."""
    wanted = select(Reporter).where(Reporter.person.in_(persons), Reporter.collectivity == collectivity)
    return (await session.scalars(wanted)).all()


async def remove(session: AsyncSession, person: UUID) -> None:
    """Forget somebody whose request was refused."""
    await session.execute(delete(Reporter).where(Reporter.person == person))


async def sweep(session: AsyncSession, before: datetime, limit: int) -> tuple[int, Sequence[tuple[UUID, str]]]:
    """Look at the next of those who came before then, each once; returns how many, and who was deleted, and where.

    Who has filed, follows, or waits to do so is kept, and not looked at again: a request that is destroyed, a follow
    that ends and a confirmation that nobody gives delete them by themselves.
    """
    unseen = select(Reporter.person).where(literal_column("NOT checked", Boolean), Reporter.created_at < before)
    unseen = unseen.order_by(Reporter.created_at, Reporter.person).limit(limit)
    seen = (await session.scalars(unseen.with_for_update(skip_locked=True))).all()
    filed = exists().where(Row.collectivity == Reporter.collectivity, Row.author == Reporter.person)
    follows = exists().where(Follow.collectivity == Reporter.collectivity, Follow.person == Reporter.person)
    kept = or_(Confirmation.content.is_not(None), Confirmation.follows.is_not(None))
    waits = exists().where(Confirmation.person == Reporter.person, kept)
    gone = delete(Reporter).where(Reporter.person.in_(seen), ~filed, ~follows, ~waits)
    rows = await session.execute(gone.returning(Reporter.person, Reporter.collectivity))
    deleted = [(person, collectivity) for person, collectivity in rows]
    looked_at = update(Reporter).where(Reporter.person.in_(seen)).values(checked=True)
    await session.execute(looked_at.execution_options(synchronize_session=False))
    return len(seen), deleted
