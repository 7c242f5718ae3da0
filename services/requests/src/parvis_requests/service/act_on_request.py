# SPDX-License-Identifier: EUPL-1.2
"""An agent takes or resolves a request."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging import outbox
from parvis_requests import events
from parvis_requests.db import requests
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.errors import StaleVersionError
from parvis_requests.domain.request import Action, Actor


async def act_on_request(
    session: AsyncSession, actor: Actor, request_id: UUID, action: Action, *, version: int, now: datetime
) -> Row:
    """Do it, in the caller's transaction, to the version that the agent saw.

    Raises NotFoundError, NotAllowedError, TransitionError, or StaleVersionError when somebody acted meanwhile.
    """
    row = await requests.one(session, actor, request_id, lock=True)
    if row.version != version:
        raise StaleVersionError
    after = requests.entity(row).after(action, actor)
    await requests.save(session, after, now)
    requests.record(session, after, actor, action, now)
    await outbox.add(session, events.acted(after, action, now))
    await session.flush()
    await session.refresh(row)
    return row
