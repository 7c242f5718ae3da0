# SPDX-License-Identifier: EUPL-1.2
"""Somebody who is to be erased leaves what they are of: organisations, and the towns whose agent they are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity import events
from parvis_identity.db import memberships, organisation_members, organisations
from parvis_identity.db.agents import Agents
from parvis_identity.domain.agent import LastAdministratorError, Transition
from parvis_identity.domain.audit import Action, Actor
from parvis_identity.domain.errors import LastRepresentativeError
from parvis_identity.domain.organisation import Member, MemberRole, Organisation, OrganisationStatus
from parvis_identity.service.manage_agents import By, ManageAgents
from parvis_identity.service.organisations import record
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.messaging import outbox

WORKER: Final = Actor("service", "worker")


@dataclass(frozen=True, slots=True)
class LeaveEverything:
    """The use case, in the caller's transaction, with what it needs."""

    persons: PersonKeys
    agents: ManageAgents

    async def check(self, session: AsyncSession, person: UUID) -> None:
        """Raises LastRepresentativeError or LastAdministratorError for who leaves nobody behind to do it."""
        for id_, collectivity in await organisation_members.organisations_of(session, person):
            organisation = await organisations.find(session, collectivity, id_)
            member = await organisation_members.of_person(session, id_, person)
            if organisation and member:
                await _leave_somebody(session, organisation, member)
        for agent_id, collectivity in await memberships.all_of(session, person):
            agents = Agents(session, self.persons, collectivity)
            agent = await agents.find(agent_id)
            administers = agent is not None and agent.suspended_at is None and agent.duties.administers
            if administers and not await agents.other_administrators(agent_id, lock=False):
                raise LastAdministratorError

    async def leave(self, session: AsyncSession, person: UUID, now: datetime) -> list[UUID]:
        """Leave all of it; raises as above. Returns the agents that the person was.

        Before the person is locked: who joins, invites or removes somebody takes the organisation's lock first.
        """
        for id_, collectivity in await organisation_members.organisations_of(session, person):
            organisation = await organisations.find(session, collectivity, id_, lock=True)
            member = await organisation_members.of_person(session, id_, person)
            if organisation and member:
                await self._leave(session, organisation, member, now)
        agents = await memberships.all_of(session, person)
        for agent_id, collectivity in agents:
            await self.agents.take(session, By(WORKER, collectivity, now), agent_id, Transition.END, None)
        return [agent_id for agent_id, _ in agents]

    async def _leave(self, session: AsyncSession, organisation: Organisation, member: Member, now: datetime) -> None:
        await _leave_somebody(session, organisation, member)
        await organisation_members.end(session, member.id, now)
        if member.role is MemberRole.REPRESENTATIVE:
            await outbox.add(session, events.ground_ended(member.id, organisation.collectivity, now))
        details = {"member": [str(member.id)], "role": [member.role.value]}
        await record(session, Action.MEMBER_ENDED, WORKER, organisation, now, details)


async def _leave_somebody(session: AsyncSession, organisation: Organisation, member: Member) -> None:
    speaks = member.role is MemberRole.REPRESENTATIVE and organisation.status is not OrganisationStatus.CLOSED
    if speaks and await organisation_members.count(session, organisation.id, MemberRole.REPRESENTATIVE) == 1:
        raise LastRepresentativeError
