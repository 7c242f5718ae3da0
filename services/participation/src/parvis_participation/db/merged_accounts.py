# SPDX-License-Identifier: EUPL-1.2
"""Accounts that went into others. Merges are told in no order between accounts: a chain may come end first."""

from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db.tables import MergedAccount


async def remember(session: AsyncSession, absorbed: UUID, kept: UUID, collectivity: str) -> UUID:
    """Keep it, one merge at a time; returns the account that is left at the end of the chain."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("merged-accounts", 0))))
    further = await session.scalar(select(MergedAccount.into_person).where(MergedAccount.person == kept))
    last = further or kept
    row = {"person": absorbed, "into_person": last, "collectivity": collectivity}
    await session.execute(insert(MergedAccount).values(row).on_conflict_do_nothing())
    await session.execute(update(MergedAccount).where(MergedAccount.into_person == absorbed).values(into_person=last))
    return last
