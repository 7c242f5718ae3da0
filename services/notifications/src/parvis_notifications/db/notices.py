# SPDX-License-Identifier: EUPL-1.2
"""Notices: added by the consumers, claimed and finished by the composer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg
from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_notifications.db.tables import Notice
from parvis_notifications.domain.message import BUNDLED, told_together
from parvis_notifications.domain.topic import BULK

_CLAIM: Final = """
WITH due AS (
    SELECT id FROM notice n WHERE state = 'pending' AND bulk = $5 AND due_at <= now() AND NOT EXISTS (
        SELECT 1 FROM notice e WHERE e.request_id = n.request_id AND e.person = n.person AND e.state = 'pending'
            AND e.sequence < n.sequence AND e.template <> ALL($4))
    ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
UPDATE notice SET claim = $1, due_at = now() + $2, attempts = attempts + 1 WHERE id IN (SELECT id FROM due)
RETURNING id, collectivity, event_source, event_id, template,
    coalesce((SELECT into_person FROM merged_account a WHERE a.person = notice.person), person) AS person,
    request_id, reference, sequence, reply_id, effective_at, attempts, traceparent, created_at
"""
# In one order, so that two who lock them wait for each other.
_BUNDLE: Final = text("""
SELECT id, template, reference, effective_at FROM notice
WHERE person = ANY(ARRAY(SELECT CAST(:person AS uuid)
        UNION ALL SELECT a.person FROM merged_account a WHERE a.into_person = :person))
    AND collectivity = :collectivity AND state = 'pending' AND template = ANY(:templates)
ORDER BY id LIMIT :most FOR UPDATE
""")
_MOST_AT_ONCE: Final = 5_000
_LATER: Final = "UPDATE notice SET due_at = now() + $3, claim = NULL, last_error = $4 WHERE id = $1 AND claim = $2"
_DROP: Final = "DELETE FROM notice WHERE id = $1 AND claim = $2"
_FAIL: Final = "UPDATE notice SET state = 'failed', claim = NULL, last_error = $3 WHERE id = $1 AND claim = $2"


class Bundled(NamedTuple):
    """One of the notices that become one message."""

    id: UUID
    template: str
    reference: str
    effective_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClaimedNotice:
    """A notice in the hands of one composer, until its claim runs out."""

    id: UUID
    collectivity: str
    event_source: str
    event_id: UUID
    template: str
    person: UUID
    request_id: UUID
    reference: str
    sequence: int
    reply_id: UUID | None
    effective_at: datetime | None
    attempts: int
    traceparent: str | None
    created_at: datetime


async def add(session: AsyncSession, **values: Any) -> None:
    """Leave a notice in the caller's transaction; an event leaves one only, however often it comes."""
    row = {"id": uuid7(), "state": "pending", "attempts": 0, "bulk": values["template"] in BULK, **values}
    await session.execute(insert(Notice).values(row).on_conflict_do_nothing())


async def forget(session: AsyncSession, person: UUID, template: str) -> None:
    """Remove a person's notices of an occasion, also those that failed; whoever composes one is waited for."""
    await session.execute(delete(Notice).where(Notice.person == person, Notice.template == template))


async def call_off(session: AsyncSession, source: str, event_id: UUID) -> None:
    """What was to be told is so no more; whoever composes it is waited for, or finds it gone."""
    gone = delete(Notice).where(Notice.event_id == event_id, Notice.event_source == source)
    await session.execute(gone.execution_options(synchronize_session=False))


async def finish(session: AsyncSession, notice_id: UUID, claim: UUID) -> bool:
    """Remove the notice in the transaction that writes its message; False when the claim is another's by now."""
    gone = delete(Notice).where(Notice.id == notice_id, Notice.claim == claim).returning(Notice.id)
    return (await session.execute(gone)).first() is not None


async def bundle(session: AsyncSession, notice: ClaimedNotice) -> Sequence[Bundled]:
    """What is told along with a notice, and that one, locked, whoever has claimed it; none but of what is bundled."""
    templates = told_together(notice.template)
    if not templates:
        return ()
    asked = {"person": notice.person, "collectivity": notice.collectivity, "most": _MOST_AT_ONCE}
    found = await session.execute(_BUNDLE, asked | {"templates": sorted(templates)})
    return [Bundled(*row) for row in found]


async def remove(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """They are told, in the transaction that writes their message."""
    gone = delete(Notice).where(Notice.id.in_(ids))
    await session.execute(gone.execution_options(synchronize_session=False))


class Notices:
    """The notices that wait for their particulars."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def claim(self, claim: UUID, limit: int, *, lease: timedelta) -> list[ClaimedNotice]:
        """The next due notices, of each person's about one request the first, for that long.

        What goes to many is claimed where nothing else is due; what is bundled waits, and none for it.
        """
        bundled = sorted(BUNDLED)
        rows = await self._pool.fetch(_CLAIM, claim, lease, limit, bundled, False)  # noqa: FBT003 - of the statement
        rows = rows or await self._pool.fetch(_CLAIM, claim, lease, limit, bundled, True)  # noqa: FBT003
        return [ClaimedNotice(**row) for row in rows]

    async def later(self, notice_id: UUID, claim: UUID, pause: timedelta, error: str) -> None:
        """Their owner cannot be reached: again after that time."""
        await self._pool.execute(_LATER, notice_id, claim, pause, error)

    async def drop(self, notice_id: UUID, claim: UUID) -> None:
        """Nobody needs to be told any more."""
        await self._pool.execute(_DROP, notice_id, claim)

    async def fail(self, notice_id: UUID, claim: UUID, error: str) -> None:
        """It can never become a message; it stays as a record of that, and the later ones go on."""
        await self._pool.execute(_FAIL, notice_id, claim, error)
