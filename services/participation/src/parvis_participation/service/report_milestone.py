# SPDX-License-Identifier: EUPL-1.2
"""An agent reports, for everybody to read, what a chosen project has reached."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_participation.db import budgets, projects
from parvis_participation.db.tables import BudgetMilestone as Row
from parvis_participation.domain.errors import NotChosenError
from parvis_participation.domain.project import ProjectState


@dataclass(frozen=True, slots=True)
class Milestone:
    """What was reached, and on which day; texts by language."""

    title: dict[str, str]
    details: dict[str, str]
    reached_on: date


async def report_milestone(
    session: AsyncSession, collectivity: str, project_id: UUID, milestone: Milestone, *, now: datetime
) -> Row:
    """The milestone, in the caller's transaction; raises NotFoundError, PhaseError or NotChosenError."""
    held, project = await projects.held(session, collectivity, project_id)
    budgets.entity(held).check_realisation(now)
    if project.state != ProjectState.CHOSEN:
        raise NotChosenError
    row = Row(id=uuid7(), collectivity=collectivity, project_id=project_id, created_at=now, **asdict(milestone))
    session.add(row)
    await session.flush()
    return row
