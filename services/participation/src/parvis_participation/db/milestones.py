# SPDX-License-Identifier: EUPL-1.2
"""The rows of the chosen projects' milestones."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_participation.db.tables import BudgetMilestone as Row


async def page(
    session: AsyncSession, project_id: UUID, position: keyset.Position | None, limit: int
) -> keyset.Slice[Row]:
    """One page of a project's milestones, the last reported first."""
    wanted = select(Row).where(Row.project_id == project_id)
    rows = await session.scalars(keyset.at(wanted, Row.created_at, Row.id, position, limit))
    return keyset.cut(rows.all(), position, limit)
