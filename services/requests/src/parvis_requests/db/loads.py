# SPDX-License-Identifier: EUPL-1.2
"""How many requests teams and agents have that go on."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import Request as Row


async def of_teams(
    session: AsyncSession, collectivity: str, teams: Sequence[str], stages: Collection[str]
) -> dict[str, int]:
    """By team; ``stages`` are the states in which a request goes on."""
    wanted = (
        select(Row.team, func.count().label("number"))
        .where(Row.collectivity == collectivity, Row.team.in_(teams), Row.status.in_(stages))
        .group_by(Row.team)
    )
    return dict.fromkeys(teams, 0) | {row.team: row.number for row in (await session.execute(wanted)).all()}


async def of_agents(
    session: AsyncSession, collectivity: str, agents: Sequence[UUID], stages: Collection[str]
) -> dict[UUID, int]:
    """By agent, in whatever team."""
    wanted = (
        select(Row.assignee, func.count())
        .where(Row.collectivity == collectivity, Row.assignee.in_(agents), Row.status.in_(stages))
        .group_by(Row.assignee)
    )
    found = {agent: number for agent, number in (await session.execute(wanted)).all() if agent}
    return dict.fromkeys(agents, 0) | found
