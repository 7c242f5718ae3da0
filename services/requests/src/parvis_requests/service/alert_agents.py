# SPDX-License-Identifier: EUPL-1.2
"""Agents are alerted to what happens to their requests without them; what the others do, their queue shows."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging import outbox
from parvis_requests import events
from parvis_requests.db import teams
from parvis_requests.domain.assignment import concerned
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.domain.request import Request
from parvis_requests.domain.team import Alert, Team


async def alert_agents(
    session: AsyncSession,
    request: Request,
    alert: Alert,
    now: datetime,
    *,
    by: UUID | None = None,
    ends_at: datetime | None = None,
) -> None:
    """Tell each agent whom it concerns but the one who did it, in the transaction of the act."""
    for agent in concerned(request.assignee, await team_of(session, request), now):
        if agent != by:
            await outbox.add(session, events.agent_alerted(request, alert, agent, now, ends_at=ends_at))


async def team_of(session: AsyncSession, request: Request) -> Team:
    """The team of a request; one without members where it is no more, and the request still is in it."""
    try:
        row = await teams.one(session, request.collectivity, request.team)
    except NotFoundError:
        return Team(request.team, ())
    return Team(row.code, (await teams.members(session, [row.id]))[row.id])
