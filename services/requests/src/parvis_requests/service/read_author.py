# SPDX-License-Identifier: EUPL-1.2
"""An agent learns who filed a request, or has an appointment, with an account.

What the account says is asked for while no transaction is open; that the agent saw it is stored before they do.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from parvis_kit.db.database import Database
from parvis_kit.messaging import outbox
from parvis_requests import access_events
from parvis_requests.db import appointment_kinds, appointments, history, reporters, requests
from parvis_requests.domain.author import Author, Known
from parvis_requests.domain.request import Actor, OnBehalf
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.outgoing.people import People
from parvis_requests.service.read_request import record_access


@dataclass(frozen=True, slots=True)
class ReadAuthor:
    """The use cases, with what they need."""

    database: Database
    people: People

    async def of_request(self, actor: Actor, request_id: UUID, now: datetime) -> Author:
        """Whoever filed it, and who did that for them.

        Raises NotAllowedError for anybody but an agent, NotFoundError, or PeopleDownError, after which nothing is told.
        """
        agent = for_agents(actor)
        async with self.database.reading() as session:
            row = await requests.one(session, agent, request_id)
            if await reporters.of(session, row.collectivity, row.author):
                return Author(Known.CONTACT)
            by = await history.filed_by(session, row.id)
        author = await self._known(row.author, agent, by)
        if author.particulars:
            async with self.database.unit_of_work() as uow:
                await record_access(uow.session, row, agent, now)
                await uow.commit()
        return author

    async def of_appointment(self, actor: Actor, appointment_id: UUID, now: datetime) -> Author:
        """Whose it is; raises as ``of_request`` does."""
        agent = for_agents(actor)
        async with self.database.reading() as session:
            row = await appointments.one(session, agent, appointment_id)
            if await reporters.of(session, row.collectivity, row.person):
                return Author(Known.CONTACT)
            kind = (await appointment_kinds.by_id(session, {row.kind_id}))[row.kind_id]
        author = await self._known(row.person, agent, None)
        if author.particulars:
            async with self.database.unit_of_work() as uow:
                told = access_events.appointment_accessed(appointments.entity(row, kind), agent.person, now)
                await outbox.add(uow.session, told)
                await uow.commit()
        return author

    async def _known(self, person: UUID, agent: Actor, by: OnBehalf | None) -> Author:
        particulars = await self.people.particulars(person, agent.collectivity)
        if particulars is None:
            return Author(Known.NOWHERE, None, by)
        other = by.person if by and not by.is_agent else None
        mandatary = await self.people.particulars(other, agent.collectivity) if other else None
        return Author(Known.ACCOUNT, particulars, by, mandatary)
