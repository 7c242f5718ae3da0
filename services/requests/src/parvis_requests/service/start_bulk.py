# SPDX-License-Identifier: EUPL-1.2
"""An agent has one act done to many requests: noted at once, done by the worker."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.ids import uuid7
from parvis_requests.db.tables import BulkItem, BulkOperation
from parvis_requests.domain.assignment import Handing, IfAbsent
from parvis_requests.domain.priority import Priority
from parvis_requests.domain.request import Actor
from parvis_requests.domain.work_queue import for_agents

REASON = "bulk_operation.reason"


class Seen(NamedTuple):
    """A request in the version that the agent saw."""

    request_id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class Bulk:
    """What is done to each: a transition, or where it is set, an assignment or another priority."""

    action: str
    reason: str | None = None
    handing: Handing | None = None
    priority: Priority | None = None


async def start_bulk(
    session: AsyncSession,
    actor: Actor,
    what: Bulk,
    requests: Sequence[Seen],
    *,
    persons: PersonKeys,
    now: datetime,
) -> BulkOperation:
    """Note it, in the caller's transaction; raises NotAllowedError for anybody but an agent."""
    agent = for_agents(actor)
    sealed = (await persons.of(agent.person)).seal(REASON, what.reason) if what.reason else None
    operation = BulkOperation(
        id=uuid7(),
        collectivity=agent.collectivity,
        agent=agent.person,
        roles=sorted(agent.roles),
        teams=sorted(agent.teams),
        action=what.action,
        assignment=what.handing and _written(what.handing, agent),
        priority=what.priority and what.priority.rank,
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


def handing_of(operation: BulkOperation) -> Handing | None:
    """To whom an operation gives requests, where that is what it does."""
    if (written := operation.assignment) is None:
        return None
    assignee = written["assignee"]
    return Handing(UUID(assignee) if assignee else None, written["team"], IfAbsent(written["if_absent"]))


def teams_of(operation: BulkOperation) -> frozenset[str]:
    """The teams that its agent's token named."""
    # One that the version before started says so with its assignment.
    return frozenset(operation.teams or (operation.assignment or {}).get("teams", ()))


def _written(handing: Handing, agent: Actor) -> dict[str, Any]:
    assignee = str(handing.assignee) if handing.assignee else None
    said = {"assignee": assignee, "team": handing.team, "if_absent": str(handing.if_absent)}
    return {**said, "teams": sorted(agent.teams)}
