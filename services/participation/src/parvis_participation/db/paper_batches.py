# SPDX-License-Identifier: EUPL-1.2
"""The batches of paper ballots."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db.paper_tables import PaperBatch as Row


async def find(session: AsyncSession, poll_id: UUID, label: str) -> Row | None:
    """A batch; the caller holds the poll's row."""
    return await session.get(Row, (poll_id, label))


async def all_of(session: AsyncSession, poll_id: UUID) -> Sequence[Row]:
    """The batches of a poll."""
    return (await session.scalars(select(Row).where(Row.poll_id == poll_id).order_by(Row.label))).all()


async def forget(session: AsyncSession, poll_id: UUID) -> None:
    """Keep of the batches their numbers alone: a small one would tell how few people voted."""
    emptied = update(Row).where(Row.poll_id == poll_id).values(ballots=None)
    await session.execute(emptied.execution_options(synchronize_session=False))
