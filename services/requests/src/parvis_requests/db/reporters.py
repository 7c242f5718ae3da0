# SPDX-License-Identifier: EUPL-1.2
"""The rows of people who filed without an account."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import Confirmation, Follow, Reporter
from parvis_requests.db.tables import Request as Row


async def of(session: AsyncSession, collectivity: str, person: UUID) -> Reporter | None:
    """The reporter, where that person is one."""
    wanted = select(Reporter).where(Reporter.person == person, Reporter.collectivity == collectivity)
    return (await session.execute(wanted)).scalar_one_or_none()


async def remove(session: AsyncSession, person: UUID) -> None:
    """Forget somebody whose request was refused."""
    await session.execute(delete(Reporter).where(Reporter.person == person))


async def remove_unused(session: AsyncSession, before: datetime) -> Sequence[tuple[UUID, str]]:
    """Delete those whose request was never stored, who follow none, and for whom neither waits; returns who, where."""
    filed = exists().where(Row.collectivity == Reporter.collectivity, Row.author == Reporter.person)
    follows = exists().where(Follow.collectivity == Reporter.collectivity, Follow.person == Reporter.person)
    kept = or_(Confirmation.content.is_not(None), Confirmation.follows.is_not(None))
    waits = exists().where(Confirmation.person == Reporter.person, kept)
    unused = (Reporter.created_at < before, ~filed, ~follows, ~waits)
    gone = delete(Reporter).where(*unused).returning(Reporter.person, Reporter.collectivity)
    return [(person, collectivity) for person, collectivity in await session.execute(gone)]
