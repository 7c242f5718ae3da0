# SPDX-License-Identifier: EUPL-1.2
"""Who is to be asked how they were served, and what was answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import Request as Row
from parvis_requests.db.tables import Satisfaction, Survey
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


async def figures(
    session: AsyncSession, collectivity: str, by: Figures, since: datetime | None, until: datetime | None
) -> list[Figure]:
    """How often each score was given, from then until before then; by what, in order of its code."""
    month = func.to_char(func.timezone("Europe/Paris", Satisfaction.created_at), "YYYY-MM")
    codes: dict[Figures, Any] = {Figures.TYPE: Row.type_code, Figures.TEAM: Row.team, Figures.MONTH: month}
    group = cast(codes[by], Text).label("code")
    wanted = (
        select(group, Satisfaction.score, func.count().label("number"))
        .join(Row, Row.id == Satisfaction.request_id)
        .where(Satisfaction.collectivity == collectivity)
    )
    if since:
        wanted = wanted.where(Satisfaction.created_at >= since)
    if until:
        wanted = wanted.where(Satisfaction.created_at < until)
    found: dict[str, dict[int, int]] = {}
    for row in await session.execute(wanted.group_by(group, Satisfaction.score).order_by(group)):
        found.setdefault(row.code, {})[row.score] = row.number
    return [Figure(code, scores) for code, scores in found.items()]
