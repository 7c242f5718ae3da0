# SPDX-License-Identifier: EUPL-1.2
"""Teams as a directory of the town provisions them (SCIM 2.0 groups): agents carry the codes of theirs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import audit, teams
from parvis_identity.db.agents import Agents
from parvis_identity.db.teams import Team
from parvis_identity.domain.agent import Agent, Duties, Status
from parvis_identity.domain.audit import Act, Action, Thing
from parvis_identity.domain.scim import ScimError
from parvis_identity.domain.scim_resources import WantedGroup, wanted_group
from parvis_identity.service.manage_agents import By, ManageAgents
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.ids import uuid7

FILTERS: Final = frozenset({"displayname", "externalid", "id"})
_COLUMNS: Final = {"displayname": "name", "externalid": "external_id", "id": "id"}


@dataclass(frozen=True, slots=True)
class Group:
    """A team with those who are in it."""

    team: Team
    members: Sequence[Agent]


class ProvisionTeams:
    """The use cases, each in the caller's transaction; they raise ScimError."""

    def __init__(self, manage: ManageAgents, persons: PersonKeys) -> None:
        self._manage = manage
        self._persons = persons

    async def list(
        self, session: AsyncSession, collectivity: str, wanted: Mapping[str, str], offset: int, limit: int
    ) -> tuple[int, list[Group]]:
        """How many teams fit the filter, and some of them."""
        by: dict[str, Any] = {_COLUMNS[name]: value for name, value in wanted.items()}
        if "id" in by:
            by["id"] = _uuid(by["id"])
        total, found = await teams.found(session, collectivity, by, offset, limit)
        return total, [await self._group(session, team) for team in found]

    async def read(self, session: AsyncSession, collectivity: str, group_id: str) -> Group:
        """One team."""
        return await self._group(session, await self._found(session, collectivity, group_id))

    async def make(self, session: AsyncSession, by: By, resource: Mapping[str, Any]) -> Group:
        """A team more; its code is its name in plain letters."""
        wanted = wanted_group(resource)
        team = Team(
            id=uuid7(), collectivity=by.collectivity, code=wanted.code, name=wanted.name,
            external_id=wanted.external_id, version=1, created_at=by.now, updated_at=by.now,
        )  # fmt: skip
        try:
            await teams.add(session, team)
        except IntegrityError as error:
            raise ScimError(409, "another group has that displayName", "uniqueness") from error
        await self._populate(session, by, team, wanted)
        await _record(session, by, Action.TEAM_MADE, team)
        return await self._group(session, team)

    async def change(
        self,
        session: AsyncSession,
        by: By,
        group_id: str,
        version: int | None,
        changed: Callable[[Group], Mapping[str, Any]],
    ) -> Group:
        """The team as ``changed`` makes of what it is; its code stays."""
        before = await self._found(session, by.collectivity, group_id, version)
        wanted = wanted_group(changed(await self._group(session, before)))
        team = replace(
            before, name=wanted.name, external_id=wanted.external_id, version=before.version + 1, updated_at=by.now
        )
        await teams.put(session, team)
        await self._populate(session, by, team, wanted)
        await _record(session, by, Action.TEAM_CHANGED, team)
        return await self._group(session, team)

    async def remove(self, session: AsyncSession, by: By, group_id: str, version: int | None) -> None:
        """The team is no more, and nobody is in it."""
        team = await self._found(session, by.collectivity, group_id, version)
        await self._populate(session, by, team, WantedGroup(name=team.name, external_id=None, members=()))
        await teams.remove(session, team)
        await _record(session, by, Action.TEAM_REMOVED, team)

    async def _populate(self, session: AsyncSession, by: By, team: Team, wanted: WantedGroup) -> None:
        agents = Agents(session, self._persons, by.collectivity)
        present = {agent.id: agent for agent in await agents.of_team(team.code)}
        for agent in present.values():
            if agent.id not in wanted.members:
                left = tuple(code for code in agent.duties.teams if code != team.code)
                await self._manage.change(session, by, agent.id, _with(agent, left), None)
        for id_ in sorted(set(wanted.members) - present.keys()):
            found = await agents.find(id_)
            if found is None or found.status is Status.ENDED:
                raise ScimError(400, f"there is no user {id_}", "invalidValue")
            await self._manage.change(session, by, id_, _with(found, (*found.duties.teams, team.code)), None)

    async def _group(self, session: AsyncSession, team: Team) -> Group:
        return Group(team, await Agents(session, self._persons, team.collectivity).of_team(team.code))

    async def _found(self, session: AsyncSession, collectivity: str, group_id: str, version: int | None = None) -> Team:
        team = await teams.find(session, collectivity, _uuid(group_id), lock=True)
        if team is None:
            raise ScimError(404, "there is no such group")
        if version not in {None, team.version}:
            raise ScimError(412, "the group has changed meanwhile")
        return team


def _with(agent: Agent, codes: tuple[str, ...]) -> Duties:
    return replace(agent.duties, teams=codes)


async def _record(session: AsyncSession, by: By, action: Action, team: Team) -> None:
    on = Thing("team", str(team.id))
    await audit.record(session, Act(action, by.actor, on, by.now, by.collectivity, {"code": [team.code]}))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise ScimError(404, "there is no such resource") from error
