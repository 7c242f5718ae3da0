# SPDX-License-Identifier: EUPL-1.2
"""An agent keeps a request beyond its time, as a dispute, an inquiry or a text asks for, and lets it go again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_requests.db import requests, retention
from parvis_requests.db.tables import LegalHold
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.errors import NotFoundError, StaleVersionError
from parvis_requests.domain.request import Actor, Visibility
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.service.read_request import record_access

REASON: Final = "legal_hold.reason"


@dataclass(frozen=True, slots=True)
class Hold:
    """Who holds a request, since when and why; ``version`` is the request's."""

    agent: UUID
    reason: str
    created_at: datetime
    version: int


async def hold_request(
    session: AsyncSession,
    actor: Actor,
    request_id: UUID,
    reason: str,
    *,
    version: int,
    persons: PersonKeys,
    now: datetime,
) -> Hold:
    """Hold it, ended or not, in place of a hold that there was; the agents see who did it in the history.

    Raises NotAllowedError for anybody but an agent, NotFoundError, StaleVersionError, or KeyDestroyedError once the
    author was erased.
    """
    row = await _locked(session, actor, request_id, version)
    sealed = (await persons.of(row.author)).seal(REASON, reason)
    found = await retention.hold(session, row.id)
    if found is None:
        session.add(
            LegalHold(
                request_id=row.id,
                collectivity=row.collectivity,
                agent=actor.person,
                reason=sealed,
                created_at=now,
            )
        )
    else:
        found.agent, found.reason, found.created_at = actor.person, sealed, now
    await _note(session, row, actor, "hold", now)
    return Hold(actor.person, reason, now, version + 1)


async def release_request(
    session: AsyncSession, actor: Actor, request_id: UUID, *, version: int, now: datetime
) -> None:
    """Let it go: what is due goes with the next purge; raises as :func:`hold_request`, NotFoundError without a hold."""
    row = await _locked(session, actor, request_id, version)
    found = await retention.hold(session, row.id)
    if found is None:
        raise NotFoundError
    await session.delete(found)
    await _note(session, row, actor, "release", now)


async def read_hold(
    session: AsyncSession, actor: Actor, request_id: UUID, *, persons: PersonKeys, now: datetime
) -> Hold:
    """What holds it, and the record that the agent read it, in the caller's transaction; NotFoundError without."""
    agent = for_agents(actor)
    row = await requests.one(session, agent, request_id)
    found = await retention.hold(session, row.id)
    if found is None:
        raise NotFoundError
    reason = (await persons.of(row.author)).open(REASON, found.reason)
    await record_access(session, row, agent, now)
    return Hold(found.agent, reason, found.created_at, row.version)


async def _locked(session: AsyncSession, actor: Actor, request_id: UUID, version: int) -> Row:
    row = await requests.one(session, for_agents(actor), request_id, lock=True)
    if row.version != version:
        raise StaleVersionError
    return row


async def _note(session: AsyncSession, row: Row, agent: Actor, action: str, now: datetime) -> None:
    after = requests.entity(row).after_word()
    await requests.save(session, after, now)
    requests.record(session, after, agent, action, now, Visibility.INTERNAL)
    await session.flush()
