# SPDX-License-Identifier: EUPL-1.2
"""All requests that the filters of a queue find, chosen at once for one act on each."""

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.queue_filters import Asked
from parvis_requests.domain.request import Actor
from parvis_requests.domain.work_queue import SelectionChangedError, Sort
from parvis_requests.service.start_bulk import Seen
from parvis_requests.service.work_queue import read_queue


async def select_requests(session: AsyncSession, actor: Actor, asked: Asked, number: int) -> list[Seen]:
    """Each in its present version, the oldest first.

    Raises SelectionChangedError where they are not as many as the agent saw, and NotAllowedError for anybody but an
    agent.
    """
    found = await read_queue(session, actor, asked, Sort.OLDEST, None, number)
    if len(found.rows) != number or found.next is not None:
        raise SelectionChangedError
    return [Seen(row.id, row.version) for row in found.rows]
