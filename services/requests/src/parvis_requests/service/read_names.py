# SPDX-License-Identifier: EUPL-1.2
"""What those are called who filed the requests on one page of an agent."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_requests.db import reporters, requests
from parvis_requests.db.tables import Reporter
from parvis_requests.domain.author import Known, Named
from parvis_requests.domain.request import Actor
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.outgoing.people import People
from parvis_requests.service.keep_reporter import CONTACT
from parvis_requests.service.read_request import record_access


@dataclass(frozen=True, slots=True)
class NamedAuthor:
    """Who filed one request: where they are known, and what they are called, if that is said there."""

    request_id: UUID
    known: Known
    name: str | None


@dataclass(frozen=True, slots=True)
class ReadNames:
    """The use case, with what it needs."""

    database: Database
    persons: PersonKeys
    people: People

    async def of_requests(self, actor: Actor, ids: Collection[UUID], now: datetime) -> list[NamedAuthor]:
        """Those of the agent's town among these requests, in the order asked for; each name that is told is recorded.

        Raises NotAllowedError for anybody but an agent, or PeopleDownError, after which no name is told.
        """
        agent = for_agents(actor)
        async with self.database.reading() as session:
            rows = {row.id: row for row in await requests.several(session, agent, ids)}
            authors = {row.author for row in rows.values()}
            left = await reporters.several(session, agent.collectivity, authors)
        found = {reporter.person: (Known.CONTACT, None) for reporter in left} | await self._left(left)
        holders = await self.people.names(sorted(authors - found.keys()), agent.collectivity)
        found |= {person: (Known.ACCOUNT, named.whole) for person, named in holders.items()}
        nowhere = (Known.NOWHERE, None)
        told = [NamedAuthor(id_, *found.get(rows[id_].author, nowhere)) for id_ in dict.fromkeys(ids) if id_ in rows]
        seen = [each.request_id for each in told if each.name]
        async with self.database.unit_of_work() as uow:
            # Read anew: while identity was asked, an account may have become another.
            rows |= {row.id: row for row in await requests.several(uow.session, agent, seen)}
            for request_id in seen:
                await record_access(uow.session, rows[request_id], agent, now)
            await uow.commit()
        return told

    async def _left(self, left: Collection[Reporter]) -> dict[UUID, tuple[Known, str | None]]:
        keys = await self.persons.of_many({reporter.person for reporter in left})
        found = dict[UUID, tuple[Known, str | None]]()
        for reporter in left:
            if key := keys.get(reporter.person):
                contact = json.loads(key.open(CONTACT, reporter.contact))
                named = Named(given_name=contact.get("first_name"), family_name=contact.get("last_name"))
                found[reporter.person] = (Known.CONTACT, named.whole)
        return found
