# SPDX-License-Identifier: EUPL-1.2
"""An agent has one act done to many requests: noted at once, done by the worker."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.ids import uuid7
from parvis_requests.db.tables import BulkItem, BulkOperation
from parvis_requests.domain.request import Actor
from parvis_requests.domain.work_queue import for_agents

REASON = "bulk_operation.reason"


class Seen(NamedTuple):
    """A request in the version that the agent saw."""

    request_id: UUID
    version: int


async def start_bulk(
    session: AsyncSession,
    actor: Actor,
    action: str,
    reason: str | None,
    requests: Sequence[Seen],
    *,
    persons: PersonKeys,
    now: datetime,
) -> BulkOperation:
    """Note it, in the caller's transaction; raises NotAllowedError for anybody but an agent."""
    agent = for_agents(actor)
    sealed = (await persons.of(agent.person)).seal(REASON, reason) if reason else None
    operation = BulkOperation(
        id=uuid7(),
        collectivity=agent.collectivity,
        agent=agent.person,
        roles=sorted(agent.roles),
        action=action,
        reason=sealed,
        created_at=now,
    )
    session.add(operation)
    await session.flush()
    session.add_all(
        BulkItem(
            operation_id=operation.id,
            position=position,
            collectivity=agent.collectivity,
            request_id=seen.request_id,
            version=seen.version,
        )
        for position, seen in enumerate(requests)
    )
    await session.flush()
    return operation
