# SPDX-License-Identifier: EUPL-1.2
"""An agent says how pressing a request is."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db import merges, requests
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.errors import MergedError, StaleVersionError
from parvis_requests.domain.priority import Priority
from parvis_requests.domain.request import Actor, Visibility
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.complete_file import form_of


@dataclass(frozen=True, slots=True)
class Prioritising:
    """How pressing the request is, in the version that the agent saw."""

    request_id: UUID
    version: int
    priority: Priority


async def prioritise_request(
    session: AsyncSession, actor: Actor, said: Prioritising, *, catalogues: Catalogues, now: datetime
) -> Row:
    """Note it, in the caller's transaction: an act for the agents, of which nobody else is told.

    Raises NotAllowedError, NotFoundError, StaleVersionError, MergedError, or TransitionError after its end.
    """
    agent = for_agents(actor)
    row = await requests.one(session, agent, said.request_id, lock=True)
    if row.version != said.version:
        raise StaleVersionError
    if await merges.of(session, row.id):
        raise MergedError
    before = requests.entity(row)
    before.goes_on((await form_of(session, row, catalogues)).workflow)
    after = replace(before, priority=said.priority, version=before.version + 1)
    await requests.save(session, after, now)
    requests.record(session, after, agent, "priority", now, Visibility.INTERNAL, before=before)
    await session.flush()
    await session.refresh(row)
    return row
