# SPDX-License-Identifier: EUPL-1.2
"""The rows of replies that agents begin with."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import ReplyTemplate
from parvis_requests.domain.errors import NotFoundError


async def all_of(
    session: AsyncSession, collectivity: str, request_type: str | None, limit: int
) -> Sequence[ReplyTemplate]:
    """Those of a collectivity, or those for requests of a type, by their names."""
    wanted = select(ReplyTemplate).where(ReplyTemplate.collectivity == collectivity)
    if request_type is not None:
        everywhere = func.cardinality(ReplyTemplate.request_types) == 0
        wanted = wanted.where(everywhere | ReplyTemplate.request_types.contains([request_type]))
    return (await session.scalars(wanted.order_by(ReplyTemplate.name, ReplyTemplate.id).limit(limit))).all()


async def one(session: AsyncSession, collectivity: str, template_id: UUID) -> ReplyTemplate:
    """One of a collectivity's, locked; raises NotFoundError."""
    wanted = select(ReplyTemplate).where(ReplyTemplate.id == template_id, ReplyTemplate.collectivity == collectivity)
    row = (await session.execute(wanted.with_for_update())).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def count(session: AsyncSession, collectivity: str) -> int:
    """How many a collectivity has."""
    return await session.scalar(select(func.count()).where(ReplyTemplate.collectivity == collectivity)) or 0
