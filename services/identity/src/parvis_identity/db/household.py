# SPDX-License-Identifier: EUPL-1.2
"""Children of a household, as their parents declare them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.behalf_tables import HouseholdChildRow

_DECLARED = "declared"


async def add(session: AsyncSession, parent: UUID, child: UUID, now: datetime) -> None:
    """The parent declares the child."""
    session.add(HouseholdChildRow(parent=parent, child=child, proof=_DECLARED, created_at=now))
    await session.flush()


async def children(session: AsyncSession, parent: UUID) -> list[UUID]:
    """The children of the parent's household, as they were declared."""
    rows = await session.scalars(
        select(HouseholdChildRow.child)
        .where(HouseholdChildRow.parent == parent, HouseholdChildRow.ended_at.is_(None))
        .order_by(HouseholdChildRow.child)
    )
    return list(rows)


async def count(session: AsyncSession, parent: UUID) -> int:
    """How many there are, and ever were."""
    wanted = select(func.count()).where(HouseholdChildRow.parent == parent)
    return int(await session.scalar(wanted) or 0)


async def parent_of(session: AsyncSession, child: UUID) -> UUID | None:
    """The parent who declared the child; None for a person who is no child of a household."""
    found: UUID | None = await session.scalar(
        select(HouseholdChildRow.parent)
        .where(HouseholdChildRow.child == child)
        .order_by(HouseholdChildRow.created_at)
        .limit(1)
    )
    return found


async def remove(session: AsyncSession, parent: UUID, child: UUID, now: datetime) -> bool:
    """The child is of the household no longer; False for what is not the parent's."""
    ended = await session.scalar(
        update(HouseholdChildRow)
        .where(
            HouseholdChildRow.parent == parent,
            HouseholdChildRow.child == child,
            HouseholdChildRow.ended_at.is_(None),
        )
        .values(ended_at=now)
        .returning(HouseholdChildRow.child)
    )
    return ended is not None
