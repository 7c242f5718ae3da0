# SPDX-License-Identifier: EUPL-1.2
"""The town's services say what a project would cost and whether it can be done, and why, for everybody to read."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging import outbox
from parvis_participation import budget_events
from parvis_participation.db import budgets, projects
from parvis_participation.db.tables import BudgetProject as Row
from parvis_participation.domain.budget import Act
from parvis_participation.domain.errors import StaleVersionError
from parvis_participation.domain.project import ProjectState


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was found; ``cost`` in euros, a decimal number."""

    feasible: bool
    cost: str
    reasons: dict[str, str]


async def analyse_project(
    session: AsyncSession, collectivity: str, project_id: UUID, analysis: Analysis, *, version: int, now: datetime
) -> Row:
    """Write it, and tell it, in the caller's transaction; while the analysis lasts it can be written anew.

    Raises NotFoundError, PhaseError or StaleVersionError.
    """
    held, row = await projects.held(session, collectivity, project_id)
    budgets.entity(held).check(Act.ANALYSE, now)
    if row.version != version:
        raise StaleVersionError
    row.state = ProjectState.FEASIBLE if analysis.feasible else ProjectState.INFEASIBLE
    row.cost, row.reasons = analysis.cost, analysis.reasons
    row.version += 1
    await session.flush()
    await outbox.add(session, budget_events.project_analysed(row, now))
    return row
