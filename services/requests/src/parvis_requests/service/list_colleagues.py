# SPDX-License-Identifier: EUPL-1.2
"""Whom an agent may give a request, or name in a note: the colleagues who handle requests, and their teams."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db import mentions, teams
from parvis_requests.domain.colleague import Colleague, Directory
from parvis_requests.domain.request import Actor
from parvis_requests.domain.team import MINE, Absence
from parvis_requests.domain.work_queue import for_agents


@dataclass(frozen=True, slots=True)
class TeamMate:
    """A colleague with the teams that may give them requests, each with the absence that holds there now, if any."""

    colleague: Colleague
    teams: Mapping[str, Absence | None]


async def list_colleagues(
    session: AsyncSession,
    actor: Actor,
    directory: Directory,
    *,
    words: str | None,
    team: str | None,
    limit: int,
    now: datetime,
) -> tuple[Sequence[TeamMate], bool]:
    """Those of the agent's town, by their names, and whether there are more; raises NotAllowedError.

    Of a team alone where its code is given, or ``mine``. Who was just invited is not listed before this service has
    heard of them: a note could not name them yet.
    """
    agent = for_agents(actor)
    found = list(directory.at_work(words))
    known = await mentions.known(session, agent.collectivity, [each.person for each in found])
    member_of = await _teams(session, agent.collectivity, now)
    asked = None if team is None else frozenset({team})
    if team == MINE:
        asked = agent.teams | await teams.of_agent(session, agent.collectivity, agent.person)
    mates = (
        TeamMate(each, member_of.get(each.person, {}))
        for each in found
        if each.person in known and (asked is None or asked & member_of.get(each.person, {}).keys())
    )
    listed = list(islice(mates, limit + 1))
    return listed[:limit], len(listed) > limit


async def _teams(session: AsyncSession, collectivity: str, now: datetime) -> dict[UUID, dict[str, Absence | None]]:
    rows = {row.id: row.code for row in await teams.all_of(session, collectivity)}
    found: dict[UUID, dict[str, Absence | None]] = {}
    for team_id, members in (await teams.members(session, list(rows))).items():
        for member in members:
            found.setdefault(member.agent, {})[rows[team_id]] = member.absence(now)
    return found
