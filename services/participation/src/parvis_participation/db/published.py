# SPDX-License-Identifier: EUPL-1.2
"""What a town's results are, without the results: as much of each row as its description needs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import load_only

from parvis_participation.db.archive_tables import BudgetArchive
from parvis_participation.db.base import Base
from parvis_participation.db.conversation_tables import Conversation
from parvis_participation.db.survey_tables import Survey
from parvis_participation.db.tables import Budget, Consultation, Poll

_COLUMNS: dict[type[Base], tuple[str, ...]] = {
    Budget: ("title", "description", "budgets", "secret", "vote_at", "result_at", "counted_at"),
    Poll: ("title", "description", "budgets", "opens_at", "closes_at", "counted_at"),
    Consultation: ("title", "description", "opens_at", "closes_at"),
    Survey: ("title", "description", "opens_at", "closes_at", "paper_closes_at", "released_at"),
    Conversation: ("title", "description", "opens_at", "closes_at", "open_votes", "final_at"),
    BudgetArchive: ("title", "licence", "source", "begins_on", "ends_on", "counted_at"),
}


async def budgets(session: AsyncSession, collectivity: str) -> Sequence[Budget]:
    """Those that are counted."""
    return await _of(session, Budget, Budget.collectivity == collectivity, Budget.counted_at.is_not(None))


async def polls(session: AsyncSession, collectivity: str) -> Sequence[Poll]:
    """Those that are counted and no budget's own."""
    counted = Poll.counted_at.is_not(None), Poll.of_budget.is_(False)
    return await _of(session, Poll, Poll.collectivity == collectivity, *counted)


async def consultations(session: AsyncSession, collectivity: str, now: datetime) -> Sequence[Consultation]:
    """Those that are closed."""
    closed = Consultation.published_at.is_not(None), Consultation.closes_at <= now
    return await _of(session, Consultation, Consultation.collectivity == collectivity, *closed)


async def surveys(session: AsyncSession, collectivity: str) -> Sequence[Survey]:
    """Those whose figures are public."""
    return await _of(session, Survey, Survey.collectivity == collectivity, Survey.figures.is_not(None))


async def conversations(session: AsyncSession, collectivity: str) -> Sequence[Conversation]:
    """Those whose result is public."""
    return await _of(
        session, Conversation, Conversation.collectivity == collectivity, Conversation.final_at.is_not(None)
    )


async def archives(session: AsyncSession, collectivity: str) -> Sequence[BudgetArchive]:
    """Those that are published."""
    published = BudgetArchive.published_at.is_not(None)
    return await _of(session, BudgetArchive, BudgetArchive.collectivity == collectivity, published)


async def _of(session: AsyncSession, table: Any, *conditions: ColumnElement[bool]) -> Sequence[Any]:
    names = ("collectivity", *_COLUMNS[table])
    wanted = select(table).options(load_only(*(getattr(table, name) for name in names), raiseload=True))
    rows = await session.scalars(wanted.where(*conditions).order_by(table.created_at.desc(), table.id.desc()))
    return rows.all()
