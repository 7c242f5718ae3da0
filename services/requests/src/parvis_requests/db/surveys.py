# SPDX-License-Identifier: EUPL-1.2
"""Who is to be asked how they were served, and what was answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import Request as Row
from parvis_requests.db.tables import Satisfaction, Survey, SurveyRefusal
from parvis_requests.domain.survey import Figure, Figures


async def plan(
    session: AsyncSession, request_id: UUID, collectivity: str, due_at: datetime, closes_at: datetime
) -> None:
    """Have its author asked then; in place of what was planned before, where it has ended anew."""
    new = {"due_at": due_at, "closes_at": closes_at, "asked_at": None}
    statement = insert(Survey).values(request_id=request_id, collectivity=collectivity, **new)
    await session.execute(statement.on_conflict_do_update(index_elements=["request_id"], set_=new))


async def drop(session: AsyncSession, request_id: UUID) -> None:
    """Ask nobody: it goes on, or its author ended it."""
    await session.execute(delete(Survey).where(Survey.request_id == request_id))


async def due(session: AsyncSession, now: datetime, limit: int) -> Sequence[tuple[UUID, str]]:
    """The requests whose authors are to be asked now, and whose they are; the longest waiting first."""
    wanted = select(Survey.request_id, Survey.collectivity).where(Survey.due_at <= now, Survey.asked_at.is_(None))
    rows = await session.execute(wanted.order_by(Survey.due_at).limit(limit))
    return [(row.request_id, row.collectivity) for row in rows]


async def of(session: AsyncSession, request_id: UUID) -> Survey | None:
    """What is planned for a request."""
    return await session.get(Survey, request_id)


async def refused(session: AsyncSession, collectivity: str, who: UUID) -> bool:
    """Whether somebody wants to be asked no more."""
    return await session.get(SurveyRefusal, (collectivity, who)) is not None


async def refuse(session: AsyncSession, collectivity: str, who: UUID, now: datetime) -> None:
    """Ask them no more; however often it is said."""
    new = insert(SurveyRefusal).values(collectivity=collectivity, who=who, created_at=now)
    await session.execute(new.on_conflict_do_nothing())


async def ask_again(session: AsyncSession, collectivity: str, who: UUID) -> None:
    """Ask them as before."""
    mine = (SurveyRefusal.collectivity == collectivity, SurveyRefusal.who == who)
    await session.execute(delete(SurveyRefusal).where(*mine))


async def asked_of(
    session: AsyncSession, collectivity: str, by: Figures, since: datetime, until: datetime
) -> dict[str, tuple[int, int]]:
    """How many were asked in that time, and how many of these have answered; by what."""
    group = _group(by, Survey.asked_at)
    wanted = (
        select(group, func.count().label("asked"), func.count(Satisfaction.request_id).label("answered"))
        .select_from(Survey)
        .join(Row, Row.id == Survey.request_id)
        .outerjoin(Satisfaction, Satisfaction.request_id == Survey.request_id)
        .where(Survey.collectivity == collectivity, Survey.asked_at >= since, Survey.asked_at < until)
    )
    return {row.code: (row.asked, row.answered) for row in await session.execute(wanted.group_by(group))}


def _answered(collectivity: str, since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    at = Satisfaction.created_at
    return Satisfaction.collectivity == collectivity, at >= since, at < until


def _group(by: Figures, at: Any) -> Any:
    month = func.to_char(func.timezone("Europe/Paris", at), "YYYY-MM")
    codes: dict[Figures, Any] = {Figures.TYPE: Row.type_code, Figures.TEAM: Row.team, Figures.MONTH: month}
    return cast(codes[by], Text).label("code")


async def figures(
    session: AsyncSession, collectivity: str, by: Figures, since: datetime, until: datetime
) -> list[Figure]:
    """How often each score was given, from then until before then; by what, in order of its code."""
    group = _group(by, Satisfaction.created_at)
    wanted = (
        select(group, Satisfaction.score, func.count().label("number"))
        .join(Row, Row.id == Satisfaction.request_id)
        .where(*_answered(collectivity, since, until))
    )
    found: dict[str, dict[int, int]] = {}
    for row in await session.execute(wanted.group_by(group, Satisfaction.score).order_by(group)):
        found.setdefault(row.code, {})[row.score] = row.number
    return [Figure(code, scores) for code, scores in found.items()]
