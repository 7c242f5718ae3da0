# SPDX-License-Identifier: EUPL-1.2
"""Accounts that went into others. Merges are told in no order between accounts: a chain may come end first."""

from typing import Final
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db.tables import MergedAccount

_LOCK: Final = func.hashtextextended("merged-accounts", 0)


async def remember(session: AsyncSession, absorbed: UUID, kept: UUID, collectivity: str) -> UUID:
    """Keep it, one merge at a time; returns the account that is left at the end of the chain."""
    await session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    further = await session.scalar(select(MergedAccount.into_person).where(MergedAccount.person == kept))
    last = further or kept
    row = {"person": absorbed, "into_person": last, "collectivity": collectivity}
    await session.execute(insert(MergedAccount).values(row).on_conflict_do_nothing())
    await session.execute(update(MergedAccount).where(MergedAccount.into_person == absorbed).values(into_person=last))
    return last


async def standing(session: AsyncSession, person: UUID) -> UUID:
    """The account that stands for that one; no merge is taken note of before this transaction ends.

    The token of an account that is no more may live a moment longer.
    """
    found: UUID = (await session.execute(select(func.standing_account(person)))).scalar_one()
    return found
