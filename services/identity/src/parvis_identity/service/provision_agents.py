# SPDX-License-Identifier: EUPL-1.2
"""Agents as a directory of the town provisions them (SCIM 2.0): made, changed, deactivated, gone."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.agents import Agents
from parvis_identity.domain.agent import (
    Agent,
    Duties,
    KnownAgentError,
    LastAdministratorError,
    StaleAgentError,
    Status,
    Transition,
    UnknownAgentError,
)
from parvis_identity.domain.person import normal_email
from parvis_identity.domain.roles import Role
from parvis_identity.domain.scim import ScimError
from parvis_identity.domain.scim_resources import WantedUser, wanted_user
from parvis_identity.service.manage_agents import By, ManageAgents
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys

FILTERS: Final = frozenset({"username", "externalid", "id"})
_DEFAULT_ROLES: Final = (Role.AGENT.value,)


class ProvisionAgents:
    """The use cases, each in the caller's transaction; they raise ScimError."""

    def __init__(self, manage: ManageAgents, persons: PersonKeys, index: BlindIndex) -> None:
        self._manage = manage
        self._persons = persons
        self._index = index

    async def list(
        self, session: AsyncSession, collectivity: str, wanted: Mapping[str, str], offset: int, limit: int
    ) -> tuple[int, list[Agent]]:
        """How many agents fit the filter, and some of them."""
        by: dict[str, bytes | UUID] = {}
        if "username" in wanted:
            by["user_name_index"] = self._user_name(wanted["username"])
            by["email_index"] = self._index.of("email", normal_email(wanted["username"]))
        if "externalid" in wanted:
            by["external_id_index"] = self._external_id(wanted["externalid"])
        if "id" in wanted:
            by["id"] = _uuid(wanted["id"])
        return await Agents(session, self._persons, collectivity).found(by, offset, limit)

    async def read(self, session: AsyncSession, collectivity: str, user_id: str) -> Agent:
        """One agent who is not gone."""
        agent = await Agents(session, self._persons, collectivity).find(_uuid(user_id))
        if agent is None or agent.status is Status.ENDED:
            raise ScimError(404, "there is no such user")
        return agent

    async def make(self, session: AsyncSession, by: By, resource: Mapping[str, Any]) -> Agent:
        """An agent more, or again."""
        wanted = wanted_user(resource)
        await self._check_unique(session, by, wanted, None)
        duties = Duties(roles=wanted.roles or _DEFAULT_ROLES)
        try:
            agent = await self._manage.invite(session, by, wanted.profile, duties)
        except KnownAgentError as error:
            raise ScimError(409, "an agent has that address already", "uniqueness") from error
        if not wanted.active:
            agent = await self._manage.take(session, by, agent.id, Transition.SUSPEND, None)
        await self._indexed(session, by, agent, wanted)
        return agent

    async def change(
        self,
        session: AsyncSession,
        by: By,
        user_id: str,
        version: int | None,
        changed: Callable[[Agent], Mapping[str, Any]],
    ) -> Agent:
        """The agent as ``changed`` makes of what they are; teams and territories stay, roles where none are named."""
        agent = await self.read(session, by.collectivity, user_id)
        wanted = wanted_user(changed(agent))
        await self._check_unique(session, by, wanted, agent.id)
        duties = Duties(
            roles=wanted.roles or agent.duties.roles, teams=agent.duties.teams, territories=agent.duties.territories
        )
        try:
            agent = await self._manage.change(session, by, agent.id, duties, version, wanted.profile)
            suspended = agent.status is Status.SUSPENDED
            if wanted.active == suspended:
                transition = Transition.RESTORE if suspended else Transition.SUSPEND
                agent = await self._manage.take(session, by, agent.id, transition, None)
        except StaleAgentError as error:
            raise ScimError(412, "the user has changed meanwhile") from error
        except LastAdministratorError as error:
            raise ScimError(409, "the last administrator stays", "mutability") from error
        await self._indexed(session, by, agent, wanted)
        return agent

    async def remove(self, session: AsyncSession, by: By, user_id: str, version: int | None) -> None:
        """The agent goes, with every session and every token that renews itself."""
        agent = await self.read(session, by.collectivity, user_id)
        try:
            await self._manage.take(session, by, agent.id, Transition.END, version)
        except StaleAgentError as error:
            raise ScimError(412, "the user has changed meanwhile") from error
        except LastAdministratorError as error:
            raise ScimError(409, "the last administrator stays", "mutability") from error
        except UnknownAgentError as error:
            raise ScimError(404, "there is no such user") from error
        await Agents(session, self._persons, by.collectivity).index(agent.id, None, None)

    async def _check_unique(self, session: AsyncSession, by: By, wanted: WantedUser, own: UUID | None) -> None:
        _, same = await self.list(session, by.collectivity, {"username": wanted.profile.user_name or ""}, 0, 2)
        if any(agent.id != own for agent in same):
            raise ScimError(409, "another user has that userName", "uniqueness")

    async def _indexed(self, session: AsyncSession, by: By, agent: Agent, wanted: WantedUser) -> None:
        profile = wanted.profile
        external_id = self._external_id(profile.external_id) if profile.external_id else None
        agents = Agents(session, self._persons, by.collectivity)
        await agents.index(agent.id, self._user_name(profile.user_name or ""), external_id)

    def _user_name(self, value: str) -> bytes:
        return self._index.of("user-name", value.casefold())

    def _external_id(self, value: str) -> bytes:
        return self._index.of("external-id", value)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise ScimError(404, "there is no such resource") from error
