# SPDX-License-Identifier: EUPL-1.2
"""How many requests teams and agents have that go on."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import Request as Row


async def of_teams(
    session: AsyncSession, collectivity: str, teams: Sequence[str], stages: Collection[str]
) -> dict[str, int]:
    """By team; ``stages`` are the states in which a request goes on."""
    wanted = teams_statement(collectivity, teams, stages)
    return dict.fromkeys(teams, 0) | {row.team: row.number for row in (await session.execute(wanted)).all()}


async def of_agents(
    session: AsyncSession, collectivity: str, agents: Sequence[UUID], stages: Collection[str]
) -> dict[UUID, int]:
    """By agent, in whatever team."""
    wanted = agents_statement(collectivity, agents, stages)
    found = {agent: number for agent, number in (await session.execute(wanted)).all() if agent}
    return dict.fromkeys(agents, 0) | found


def teams_statement(collectivity: str, teams: Sequence[str], stages: Collection[str]) -> Select[Any]:
    """The statement of :func:`of_teams`."""
    where = (Row.collectivity == collectivity, Row.team.in_(teams), Row.status.in_(stages))
    return select(Row.team, func.count().label("number")).where(*where).group_by(Row.team)


def agents_statement(collectivity: str, agents: Sequence[UUID], stages: Collection[str]) -> Select[Any]:
    """The statement of :func:`of_agents`."""
    where = (Row.collectivity == collectivity, Row.assignee.in_(agents), Row.status.in_(stages))
    return select(Row.assignee, func.count().label("number")).where(*where).group_by(Row.assignee)
