# SPDX-License-Identifier: EUPL-1.2
"""The rows of the projects that residents propose."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import String, case, cast, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from parvis_kit.db import keyset
from parvis_participation.db import budgets
from parvis_participation.db.only import only
from parvis_participation.db.tables import Budget
from parvis_participation.db.tables import BudgetProject as Row
from parvis_participation.domain.errors import NotFoundError
from parvis_participation.domain.project import ProjectState


@dataclass(frozen=True, slots=True)
class Filters:
    """Which projects: of any of these areas, in any of these states, with these words in the title."""

    areas: Sequence[str] = ()
    states: Sequence[ProjectState] = ()
    words: str | None = None


async def one(session: AsyncSession, collectivity: str, budget_id: UUID, project_id: UUID) -> Row:
    """A project of a published budget of that collectivity; raises NotFoundError."""
    row = await find(session, collectivity, project_id)
    if row.budget_id != budget_id:
        raise NotFoundError
    return row


async def held(session: AsyncSession, collectivity: str, project_id: UUID) -> tuple[Budget, Row]:
    """A budget that cannot be frozen before this transaction ends, and its project, locked after it.

    Always in this order, which is that of the freezing. Raises NotFoundError.
    """
    found = await find(session, collectivity, project_id)
    budget = await budgets.held(session, collectivity, found.budget_id)
    return budget, await find(session, collectivity, project_id, lock=True)


async def published(session: AsyncSession, collectivity: str, project_id: UUID) -> Row:
    """A project of a published budget of that collectivity, whichever budget it is; raises NotFoundError."""
    row = await find(session, collectivity, project_id)
    await budgets.one(session, collectivity, row.budget_id)
    return row


async def kept(session: AsyncSession, collectivity: str, project_id: UUID) -> Row:
    """A project that cannot be withdrawn before this transaction ends; raises NotFoundError."""
    wanted = select(Row).where(Row.id == project_id, Row.collectivity == collectivity)
    return await only(session, wanted.with_for_update(read=True, key_share=True))


async def find(session: AsyncSession, collectivity: str, project_id: UUID, *, lock: bool = False) -> Row:
    """A project of that collectivity; raises NotFoundError."""
    wanted = select(Row).where(Row.id == project_id, Row.collectivity == collectivity)
    wanted = wanted.execution_options(populate_existing=True)
    return await only(session, wanted.with_for_update() if lock else wanted)


async def page(
    session: AsyncSession,
    collectivity: str,
    budget_id: UUID,
    filters: Filters,
    position: keyset.Position | None,
    limit: int,
) -> tuple[Budget, keyset.Slice[Row]]:
    """A published budget with one page of its projects, newest first, in one query; raises NotFoundError without it."""
    wanted = select(Row).where(Row.budget_id == budget_id)
    if filters.areas:
        wanted = wanted.where(Row.area.in_(filters.areas))
    if filters.states:
        wanted = wanted.where(Row.state.in_(filters.states))
    if filters.words:
        wanted = wanted.where(func.strpos(func.lower(Row.title), filters.words.lower()) > 0, Row.removed_at.is_(None))
    project = aliased(Row, keyset.at(wanted, Row.created_at, Row.id, position, limit).subquery())
    asked = (
        select(Budget, project)
        .outerjoin(project, true())
        .where(Budget.id == budget_id, Budget.collectivity == collectivity, Budget.published_at.is_not(None))
    )
    found = (await session.execute(asked)).all()
    if not found:
        raise NotFoundError
    backward = position is not None and position.backward
    rows = [row for _, row in found if row is not None]
    rows.sort(key=lambda row: (row.created_at, row.id), reverse=not backward)
    return found[0][0], keyset.cut(rows, position, limit)


async def settle(session: AsyncSession, budget_id: UUID, chosen: Collection[str]) -> None:
    """Say of each project that was voted on whether it was chosen; ``chosen`` are codes."""
    state = case((cast(Row.number, String).in_(chosen), ProjectState.CHOSEN.value), else_=ProjectState.NOT_CHOSEN.value)
    settled = update(Row).where(Row.budget_id == budget_id, Row.number.is_not(None))
    values = {"state": state, "version": Row.version + 1}
    await session.execute(settled.values(values).execution_options(synchronize_session=False))


async def feasible(session: AsyncSession, budget_id: UUID) -> Sequence[Row]:
    """The projects that can be voted on, in the order of their deposit, locked; none that a moderator has removed."""
    wanted = select(Row).where(Row.budget_id == budget_id, Row.state == ProjectState.FEASIBLE, Row.removed_at.is_(None))
    return (await session.scalars(wanted.order_by(Row.created_at, Row.id).with_for_update())).all()


async def move(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """Let the projects of an account that is no more be the kept one's; their words and their votes stay."""
    moved = update(Row).where(Row.person == absorbed).values(person=kept)
    await session.execute(moved.execution_options(synchronize_session=False))
