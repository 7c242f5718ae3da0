# SPDX-License-Identifier: EUPL-1.2
"""The chain of acts on a poll."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db.act_tables import PollAct as Row


async def latest(session: AsyncSession, poll_id: UUID) -> Row | None:
    """The newest act; the caller holds the poll's row, so that none comes between."""
    wanted = select(Row).where(Row.poll_id == poll_id).order_by(Row.number.desc()).limit(1)
    return (await session.execute(wanted)).scalar_one_or_none()


async def lines(session: AsyncSession, poll_id: UUID) -> Sequence[str]:
    """What was done to a poll, oldest first."""
    return (await session.scalars(select(Row.line).where(Row.poll_id == poll_id).order_by(Row.number))).all()
