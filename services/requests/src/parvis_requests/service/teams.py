# SPDX-License-Identifier: EUPL-1.2
"""Administrators keep the teams of their collectivity; whatever names one of them relies on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_kit.locale import Text
from parvis_requests.db import catalogue, mentions, team_use, teams
from parvis_requests.db.tables import Team as Row
from parvis_requests.domain.errors import (
    Fault,
    InvalidTeamError,
    NotFoundError,
    StaleVersionError,
    TeamExistsError,
    TeamInUseError,
    TooManyTeamsError,
)
from parvis_requests.domain.request import Actor
from parvis_requests.domain.team import MINE, Member, member_faults
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.service.publish_type import allow_administration

MAX_TEAMS: Final = 300


@dataclass(frozen=True, slots=True)
class TeamContent:
    """What an administrator says of a team."""

    name: Text
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class KeptTeam:
    """A team as it is stored."""

    row: Row
    members: tuple[Member, ...]


async def make_team(session: AsyncSession, actor: Actor, code: str, content: TeamContent, now: datetime) -> KeptTeam:
    """Make one; raises NotAllowedError, NotFoundError, InvalidTeamError, TeamExistsError or TooManyTeamsError."""
    await _administer(session, actor)
    if code == MINE:
        raise InvalidTeamError([Fault(("code",), "reserved-code")])
    await _check(session, actor, content)
    if code in await teams.codes(session, actor.collectivity):
        raise TeamExistsError
    if await teams.count(session, actor.collectivity) >= MAX_TEAMS:
        raise TooManyTeamsError
    said = {"name": content.name.model_dump(), "created_at": now, "updated_at": now}
    row = Row(id=uuid7(), collectivity=actor.collectivity, code=code, version=1, **said)
    session.add(row)
    await session.flush()
    return await _stored(session, row, content)


async def replace_team(
    session: AsyncSession, actor: Actor, code: str, content: TeamContent, *, version: int, now: datetime
) -> KeptTeam:
    """Say it anew; raises NotAllowedError, NotFoundError, StaleVersionError or InvalidTeamError."""
    await _administer(session, actor)
    row = await _seen(session, actor, code, version)
    await _check(session, actor, content)
    row.name, row.version, row.updated_at = content.name.model_dump(), row.version + 1, now
    return await _stored(session, row, content)


async def drop_team(session: AsyncSession, actor: Actor, code: str, *, version: int) -> None:
    """Remove it; raises NotAllowedError, NotFoundError, StaleVersionError, or TeamInUseError while work comes to it."""
    await _administer(session, actor)
    row = await _seen(session, actor, code, version)
    if await team_use.routed_to(session, actor.collectivity, code):
        raise TeamInUseError
    if await team_use.open_work(session, actor.collectivity, code):
        raise TeamInUseError
    await session.delete(row)
    await session.flush()


async def list_teams(session: AsyncSession, actor: Actor) -> Sequence[KeptTeam]:
    """All of the collectivity's, by their codes; raises NotAllowedError for whoever is no agent."""
    rows = await teams.all_of(session, for_agents(actor).collectivity)
    members = await teams.members(session, [row.id for row in rows])
    return [KeptTeam(row, members[row.id]) for row in rows]


async def read_team(session: AsyncSession, actor: Actor, code: str) -> KeptTeam:
    """One of them; raises NotAllowedError or NotFoundError."""
    row = await teams.one(session, for_agents(actor).collectivity, code)
    return KeptTeam(row, (await teams.members(session, [row.id]))[row.id])


async def _administer(session: AsyncSession, actor: Actor) -> None:
    allow_administration(actor)
    # One at a time with the publications, which name teams; and every process reads the names anew.
    if not await catalogue.lock(session, actor.collectivity):
        raise NotFoundError
    await catalogue.touch(session, actor.collectivity)


async def _check(session: AsyncSession, actor: Actor, content: TeamContent) -> None:
    named = [member.agent for member in content.members]
    known = await mentions.known(session, actor.collectivity, named)
    strangers = [Fault(("members", n, "agent"), "unknown-agent") for n, agent in enumerate(named) if agent not in known]
    faults = [*strangers, *member_faults(content.members)]
    if faults:
        raise InvalidTeamError(faults)


async def _stored(session: AsyncSession, row: Row, content: TeamContent) -> KeptTeam:
    await session.flush()
    await teams.replace_members(session, row, content.members)
    return KeptTeam(row, (await teams.members(session, [row.id]))[row.id])


async def _seen(session: AsyncSession, actor: Actor, code: str, version: int) -> Row:
    row = await teams.one(session, actor.collectivity, code, lock=True)
    if row.version != version:
        raise StaleVersionError
    return row
