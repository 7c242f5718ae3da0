# SPDX-License-Identifier: EUPL-1.2
"""An agent learns who filed a request, or has an appointment, with an account.

What the account says is asked for while no transaction is open; that the agent saw it is stored before they do.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from parvis_kit.db.database import Database
from parvis_kit.messaging import outbox
from parvis_requests import access_events
from parvis_requests.db import appointment_kinds, appointments, history, reporters, requests
from parvis_requests.domain.author import Author, Known, Particulars
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
        if author.particulars or author.mandatary:
            async with self.database.unit_of_work() as uow:
                # Read anew: while identity was asked, the account may have become another.
                await record_access(uow.session, await requests.one(uow.session, agent, request_id), agent, now)
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
                row = await appointments.one(uow.session, agent, appointment_id)
                told = access_events.appointment_accessed(appointments.entity(row, kind), agent.person, now)
                await outbox.add(uow.session, told)
                await uow.commit()
        return author

    async def _known(self, person: UUID, agent: Actor, by: OnBehalf | None) -> Author:
        other = by.person if by and not by.is_agent else None
        # At once: both together take no longer than one question may. What fails fails once both have ended.
        questions = (self._asked(each, agent.collectivity) for each in (person, other))
        holder, mandatary = _all_of(await asyncio.gather(*questions, return_exceptions=True))
        return Author(Known.ACCOUNT if holder else Known.NOWHERE, holder, by, mandatary)

    async def _asked(self, person: UUID | None, collectivity: str) -> Particulars | None:
        return await self.people.particulars(person, collectivity) if person else None


def _all_of(found: list[Particulars | BaseException | None]) -> list[Particulars | None]:
    answers = list[Particulars | None]()
    for each in found:
        if isinstance(each, BaseException):
            raise each
        answers.append(each)
    return answers
