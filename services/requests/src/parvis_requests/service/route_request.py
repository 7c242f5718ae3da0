# SPDX-License-Identifier: EUPL-1.2
"""Where a request goes when it is filed: to a team, or to its member who has the least to do."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db import loads, teams
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.domain.priority import Priority
from parvis_requests.domain.routing import Case, Routing, RoutingRule
from parvis_requests.service.catalogue import Catalogue
from parvis_requests.service.form import Form

Looking = Callable[[], AbstractAsyncContextManager[AsyncSession]]


@dataclass(frozen=True, slots=True)
class Routed:
    """Where it goes, by which rule; ``loads`` tells the open requests of the teams that were compared."""

    rule: RoutingRule
    team: str
    priority: Priority
    assignee: UUID | None = None
    loads: Mapping[str, int] = field(default_factory=dict)


async def route_request(
    catalogue: Catalogue,
    collectivity: str,
    form: Form,
    case: Case,
    now: datetime,
    *,
    looking: Looking,
    routing: Routing | None = None,
) -> Routed:
    """Where a request of that form goes. The database is asked only by rules that compare how much there is to do.

    ``routing`` takes the place of that of the catalogue.
    """
    rule = (routing or catalogue.routing).rule(case)
    priority = rule.priority or form.definition.priority
    if not rule.also and not rule.to_member:
        return Routed(rule, rule.team, priority)
    async with looking() as session:
        compared = await loads.of_teams(session, collectivity, rule.teams, catalogue.stages) if rule.also else {}
        # Of equals the one that the rule names first.
        team = min(rule.teams, key=lambda code: compared.get(code, 0))
        assignee = await _least_busy(session, catalogue, collectivity, team, now) if rule.to_member else None
    return Routed(rule, team, priority, assignee, compared)


async def _least_busy(
    session: AsyncSession, catalogue: Catalogue, collectivity: str, code: str, now: datetime
) -> UUID | None:
    try:
        team = await teams.one(session, collectivity, code)
    except NotFoundError:
        return None
    members = (await teams.members(session, [team.id]))[team.id]
    there = [member.agent for member in members if member.absence(now) is None]
    if not there:
        return None
    busy = await loads.of_agents(session, collectivity, there, catalogue.stages)
    return min(there, key=lambda agent: busy[agent])
