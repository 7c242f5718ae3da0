# SPDX-License-Identifier: EUPL-1.2
"""The life of agents: invited, given other duties, suspended, restored, gone; each step is told in the audit trail."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import audit, grants
from parvis_identity.db.agents import Agents
from parvis_identity.db.people import People
from parvis_identity.domain.agent import (
    Agent,
    Duties,
    KnownAgentError,
    LastAdministratorError,
    Profile,
    Status,
    Transition,
    UnknownAgentError,
)
from parvis_identity.domain.audit import Act, Action, Actor, Thing
from parvis_identity.domain.client import Audience
from parvis_identity.service.end_sessions import end_sessions
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.ids import uuid7

_ACTIONS = {
    Transition.SUSPEND: Action.AGENT_SUSPENDED,
    Transition.RESTORE: Action.AGENT_RESTORED,
    Transition.END: Action.AGENT_ENDED,
}


@dataclass(frozen=True, slots=True)
class By:
    """Who looks after the agents of which collectivity, and when."""

    actor: Actor
    collectivity: str
    now: datetime


class ManageAgents:
    """The use cases, each in the caller's transaction."""

    def __init__(self, persons: PersonKeys, index: BlindIndex) -> None:
        self._persons = persons
        self._index = index

    async def invite(self, session: AsyncSession, by: By, profile: Profile, duties: Duties) -> Agent:
        """An agent who may sign in with that address, a first time or again; raises KnownAgentError."""
        agents = self._agents(session, by)
        index = People(session, self._index).email_index(profile.email)
        known = await agents.invited(index)
        if known and known.status is not Status.ENDED:
            raise KnownAgentError
        if known:
            agent = replace(
                known, duties=duties, profile=profile, version=known.version + 1, updated_at=by.now,
                ended_at=None, suspended_at=None,
            )  # fmt: skip
            await agents.put(agent)
        else:
            agent = Agent(
                id=uuid7(), collectivity=by.collectivity, person=None, duties=duties, profile=profile, version=1,
                created_at=by.now, updated_at=by.now, suspended_at=None, ended_at=None,
            )  # fmt: skip
            try:
                await agents.add(agent, index)
            except IntegrityError as error:
                raise KnownAgentError from error
        await self._record(session, by, Action.AGENT_INVITED, agent)
        return agent

    async def change(
        self,
        session: AsyncSession,
        by: By,
        agent_id: UUID,
        duties: Duties,
        version: int | None,
        profile: Profile | None = None,
    ) -> Agent:
        """Other duties, from the next token on: five minutes at most.

        Raises UnknownAgentError, StaleAgentError or LastAdministratorError.
        """
        before = await self._locked(session, by, agent_id, version)
        if not duties.administers:
            await self._keep_an_administrator(session, by, before)
        agent = replace(
            before, duties=duties, profile=profile or before.profile, version=before.version + 1, updated_at=by.now
        )
        await self._agents(session, by).put(agent)
        await self._record(session, by, Action.AGENT_CHANGED, agent)
        return agent

    async def take(
        self, session: AsyncSession, by: By, agent_id: UUID, transition: Transition, version: int | None
    ) -> Agent:
        """Suspend, restore or end; whoever is suspended or gone has no session and no token that renews itself.

        Raises UnknownAgentError, StaleAgentError, AgentTransitionError or LastAdministratorError.
        """
        before = await self._locked(session, by, agent_id, version)
        before.check(transition)
        if transition is not Transition.RESTORE:
            await self._keep_an_administrator(session, by, before)
        agent = replace(
            before,
            version=before.version + 1,
            updated_at=by.now,
            suspended_at=by.now if transition is Transition.SUSPEND else None,
            ended_at=by.now if transition is Transition.END else None,
            # What they were called is of no use any more.
            profile=None if transition is Transition.END else before.profile,
        )
        await self._agents(session, by).put(agent)
        if transition is not Transition.RESTORE and agent.person:
            await self._show_out(session, by, agent.person)
        await self._record(session, by, _ACTIONS[transition], agent)
        return agent

    async def _show_out(self, session: AsyncSession, by: By, person: UUID) -> None:
        await end_sessions(session, person, "agent suspended", by.now, kind=Audience.AGENT.value, by=by.actor)
        await grants.revoke_of_agent(session, person, by.collectivity, "agent suspended", by.now)

    async def _locked(self, session: AsyncSession, by: By, agent_id: UUID, version: int | None) -> Agent:
        agents = self._agents(session, by)
        found = await agents.find(agent_id)
        if found and found.duties.administers:
            # Before the one row, in the order that others take them in.
            await agents.other_administrators(agent_id)
        agent = await agents.find(agent_id, lock=True)
        if agent is None:
            raise UnknownAgentError
        agent.check_version(version)
        return agent

    async def _keep_an_administrator(self, session: AsyncSession, by: By, agent: Agent) -> None:
        standing = agent.status in {Status.ACTIVE, Status.INVITED} and agent.duties.administers
        if standing and not await self._agents(session, by).other_administrators(agent.id):
            raise LastAdministratorError

    def _agents(self, session: AsyncSession, by: By) -> Agents:
        return Agents(session, self._persons, by.collectivity)

    async def _record(self, session: AsyncSession, by: By, action: Action, agent: Agent) -> None:
        duties = agent.duties
        what = {"roles": duties.roles, "teams": duties.teams, "territories": duties.territories}
        on = Thing("agent", str(agent.id))
        await audit.record(session, Act(action, by.actor, on, by.now, by.collectivity, what))
