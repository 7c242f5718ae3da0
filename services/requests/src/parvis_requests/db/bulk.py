# SPDX-License-Identifier: EUPL-1.2
"""The rows of bulk operations."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import BulkItem, BulkOperation
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.domain.request import Actor


async def one(session: AsyncSession, actor: Actor, operation_id: UUID) -> BulkOperation:
    """An operation of this agent; raises NotFoundError."""
    wanted = select(BulkOperation).where(
        BulkOperation.id == operation_id,
        BulkOperation.collectivity == actor.collectivity,
        BulkOperation.agent == actor.person,
    )
    row = (await session.execute(wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def items(session: AsyncSession, operation_id: UUID) -> Sequence[BulkItem]:
    """All its items, in their order."""
    wanted = select(BulkItem).where(BulkItem.operation_id == operation_id).order_by(BulkItem.position)
    return (await session.scalars(wanted)).all()


async def next_waiting(session: AsyncSession) -> tuple[BulkItem, BulkOperation] | None:
    """The next item that waits and that no other worker has in hand, locked, with its operation."""
    wanted = (
        select(BulkItem, BulkOperation)
        .join(BulkOperation, BulkOperation.id == BulkItem.operation_id)
        .where(BulkItem.outcome.is_(None))
        .order_by(BulkItem.operation_id, BulkItem.position)
        .limit(1)
        .with_for_update(of=BulkItem, skip_locked=True)
    )
    row = (await session.execute(wanted)).one_or_none()
    return (row[0], row[1]) if row else None


async def remove_old(session: AsyncSession, before: datetime) -> int:
    """Delete operations, with their items; returns how many operations."""
    gone = delete(BulkOperation).where(BulkOperation.created_at < before).returning(BulkOperation.id)
    return len((await session.scalars(gone)).all())
