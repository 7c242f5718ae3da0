# SPDX-License-Identifier: EUPL-1.2
"""Children of a household, as their parents declare them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from parvis_identity.db.account_tables import LocalAccountRow, PasskeyRow
from parvis_identity.db.behalf_tables import HouseholdChildRow
from parvis_identity.db.reconciliation_tables import AccountMergeRow
from parvis_identity.db.tables import IdentityLinkRow
from parvis_identity.domain.merge import State

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


async def ever(session: AsyncSession, parent: UUID) -> dict[UUID, datetime | None]:
    """All children that the parent ever declared, each with the end of it where they took it out of the household."""
    rows = await session.execute(
        select(HouseholdChildRow.child, HouseholdChildRow.ended_at).where(HouseholdChildRow.parent == parent)
    )
    return dict(rows.tuples().all())


async def count(session: AsyncSession, parent: UUID) -> int:
    """How many there are, and ever were."""
    wanted = select(func.count()).where(HouseholdChildRow.parent == parent)
    return int(await session.scalar(wanted) or 0)


async def only_of(session: AsyncSession, parent: UUID) -> list[UUID]:
    """The children, present and past, that are of nobody else's household: without this parent nobody reaches them.

    Not those who sign in by themselves, nor whose file went into another account.
    """
    child, other = HouseholdChildRow.child, aliased(HouseholdChildRow)
    reached = (
        exists().where(other.child == child, other.parent != parent, other.ended_at.is_(None)),
        *(exists().where(table.person == child) for table in (IdentityLinkRow, LocalAccountRow, PasskeyRow)),
        exists().where(AccountMergeRow.absorbed == child, AccountMergeRow.state == State.DONE.value),
    )
    rows = await session.scalars(
        select(HouseholdChildRow.child)
        .where(HouseholdChildRow.parent == parent, *(~way for way in reached))
        .order_by(HouseholdChildRow.child)
    )
    return list(rows)


async def parent_of(session: AsyncSession, child: UUID) -> UUID | None:
    """The parent in whose household the child is; None for a person who is no child, or no longer."""
    found: UUID | None = await session.scalar(
        select(HouseholdChildRow.parent)
        .where(HouseholdChildRow.child == child, HouseholdChildRow.ended_at.is_(None))
        .order_by(HouseholdChildRow.created_at)
        .limit(1)
    )
    return found


async def parents_of(session: AsyncSession, child: UUID) -> list[UUID]:
    """All parents in whose household the child is, the first to declare them first."""
    rows = await session.scalars(
        select(HouseholdChildRow.parent)
        .where(HouseholdChildRow.child == child, HouseholdChildRow.ended_at.is_(None))
        .order_by(HouseholdChildRow.created_at)
    )
    return list(rows)


async def move(session: AsyncSession, source: UUID, target: UUID, now: datetime) -> None:
    """Give all children of one account, present and past, to another; whose file went away is a child no longer."""
    own, gone = HouseholdChildRow.parent == source, HouseholdChildRow.child == source
    for statement in (
        update(HouseholdChildRow).where(gone, HouseholdChildRow.ended_at.is_(None)).values(ended_at=now),
        update(HouseholdChildRow).where(own).values(parent=target),
    ):
        await session.execute(statement.execution_options(synchronize_session=False))


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
