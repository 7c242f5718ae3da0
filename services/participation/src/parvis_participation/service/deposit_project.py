# SPDX-License-Identifier: EUPL-1.2
"""A resident proposes a project, and while deposits last changes it or takes it back."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_kit.messaging import outbox
from parvis_participation import budget_events
from parvis_participation.db import budgets, merged_accounts, projects
from parvis_participation.db.tables import BudgetProject as Row
from parvis_participation.domain.budget import Act, Budget
from parvis_participation.domain.errors import NotAllowedError, ProjectGoneError, StaleVersionError
from parvis_participation.domain.project import ProjectState


@dataclass(frozen=True, slots=True)
class Author:
    """Who proposes."""

    collectivity: str
    person: UUID


@dataclass(frozen=True, slots=True)
class Proposal:
    """A project in its author's words; ``estimate`` in euros, a decimal number, ``position`` a GeoJSON point."""

    title: str
    description: str
    estimate: str
    position: dict[str, Any] | None
    area: str | None


async def deposit_project(
    session: AsyncSession, author: Author, budget_id: UUID, proposal: Proposal, *, now: datetime
) -> Row:
    """The project, told, in the caller's transaction; raises NotFoundError, PhaseError or UnknownAreaError."""
    person = await merged_accounts.standing(session, author.person)  # first: a merge locks budgets after it
    budget = budgets.entity(await budgets.held(session, author.collectivity, budget_id))
    budget.check(Act.DEPOSIT, now)
    budget.check_area(proposal.area)
    row = Row(
        id=uuid7(),
        collectivity=author.collectivity,
        budget_id=budget_id,
        person=person,
        state=ProjectState.DEPOSITED,
        version=1,
        created_at=now,
        **asdict(proposal),
    )
    session.add(row)
    await session.flush()
    await outbox.add(session, budget_events.project_deposited(row, now))
    return row


async def edit_project(
    session: AsyncSession, author: Author, project_id: UUID, proposal: Proposal, *, version: int, now: datetime
) -> Row:
    """Change the version that its author saw.

    Raises NotFoundError, NotAllowedError for anybody else, ProjectGoneError, PhaseError, UnknownAreaError or
    StaleVersionError.
    """
    budget, row = await _own(session, author, project_id, version, now)
    budget.check_area(proposal.area)
    for name, value in asdict(proposal).items():
        setattr(row, name, value)
    row.version += 1
    await session.flush()
    return row


async def withdraw_project(
    session: AsyncSession, author: Author, project_id: UUID, *, version: int, now: datetime
) -> None:
    """Remove it, its words included: nothing rests on it yet. Raises as :func:`edit_project`."""
    _, row = await _own(session, author, project_id, version, now)
    await session.delete(row)
    await session.flush()


async def _own(
    session: AsyncSession, author: Author, project_id: UUID, version: int, now: datetime
) -> tuple[Budget, Row]:
    held, row = await projects.held(session, author.collectivity, project_id)
    if row.person != author.person:
        raise NotAllowedError
    if row.removed_at is not None:
        raise ProjectGoneError
    budget = budgets.entity(held)
    budget.check(Act.DEPOSIT, now)
    if row.version != version:
        raise StaleVersionError
    return budget, row
