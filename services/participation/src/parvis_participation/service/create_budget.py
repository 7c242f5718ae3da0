# SPDX-License-Identifier: EUPL-1.2
"""An agent prepares a participatory budget."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_participation.db import budgets
from parvis_participation.db.tables import Budget as Row
from parvis_participation.domain.areas import check_areas


@dataclass(frozen=True, slots=True)
class CreateBudget:
    """What can be spent, when each phase begins and by which rules is voted; amounts as decimal strings."""

    collectivity: str
    title: dict[str, str]
    description: dict[str, str]
    budgets: list[dict[str, Any]]
    rules: dict[str, Any]
    method: dict[str, Any]
    live: bool
    changeable: bool
    call_at: datetime
    deposit_at: datetime
    analysis_at: datetime
    vote_at: datetime
    result_at: datetime
    realisation_at: datetime


async def create_budget(session: AsyncSession, command: CreateBudget, *, now: datetime) -> Row:
    """A draft, in the caller's transaction; raises PhasesError, AreaBudgetError, LimitsError or MethodError."""
    check_areas([budget["area"] for budget in command.budgets])
    row = Row(id=uuid7(), **asdict(command), options=[], version=1, created_at=now)
    budgets.entity(row)
    session.add(row)
    await session.flush()
    return row
