# SPDX-License-Identifier: EUPL-1.2
"""The rows of people who filed without an account."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import Confirmation, Reporter
from parvis_requests.db.tables import Request as Row


async def of(session: AsyncSession, collectivity: str, person: UUID) -> Reporter | None:
    """The reporter, where that person is one."""
    wanted = select(Reporter).where(Reporter.person == person, Reporter.collectivity == collectivity)
    return (await session.execute(wanted)).scalar_one_or_none()


async def remove(session: AsyncSession, person: UUID) -> None:
    """Forget somebody whose request was refused."""
    await session.execute(delete(Reporter).where(Reporter.person == person))


async def remove_unused(session: AsyncSession, before: datetime) -> Sequence[tuple[UUID, str]]:
    """Delete those whose request was never stored, and does not wait for them either; returns who, and where."""
    filed = exists().where(Row.collectivity == Reporter.collectivity, Row.author == Reporter.person)
    waits = exists().where(Confirmation.person == Reporter.person, Confirmation.content.is_not(None))
    unused = (Reporter.created_at < before, ~filed, ~waits)
    gone = delete(Reporter).where(*unused).returning(Reporter.person, Reporter.collectivity)
    return [(person, collectivity) for person, collectivity in await session.execute(gone)]
