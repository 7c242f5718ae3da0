# SPDX-License-Identifier: EUPL-1.2
"""An agent reads how to reach somebody who filed a request without an account."""

import json
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_requests.db import reporters, requests
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.domain.request import Actor
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.service.keep_reporter import CONTACT
from parvis_requests.service.read_request import record_access


async def read_contact(
    session: AsyncSession, actor: Actor, request_id: UUID, *, persons: PersonKeys, now: datetime
) -> dict[str, str]:
    """The contact as it was left, and the record that the agent read it, in the caller's transaction.

    Raises NotAllowedError for anybody but an agent, NotFoundError where there is none, or KeyDestroyedError once the
    person was erased.
    """
    agent = for_agents(actor)
    row = await requests.one(session, agent, request_id)
    reporter = await reporters.of(session, row.collectivity, row.author)
    if reporter is None:
        raise NotFoundError
    contact: dict[str, str] = json.loads((await persons.of(row.author)).open(CONTACT, reporter.contact))
    if not contact:  # whoever filed it left none
        raise NotFoundError
    await record_access(session, row, agent, now)
    return contact
