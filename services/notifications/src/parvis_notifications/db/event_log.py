# SPDX-License-Identifier: EUPL-1.2
"""The public events of a collectivity, numbered in the order in which they became readable.

Whoever adds one holds the collectivity's row until the commit, so a reader who saw a position has missed none before
it (as docs/decisions/0009-inbox-positions.md says of inboxes). Numbers may be left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db.webhook_tables import EventLog

# So many numbers are looked through for one page: a filter that lets nothing pass costs no more than one that does.
SPAN: Final = 2_000
_BOUNDS: Final = """
SELECT coalesce((SELECT last_position FROM event_log WHERE collectivity = $1), 0) AS last,
    coalesce((SELECT min(position) FROM webhook_event WHERE collectivity = $1), 0) AS first
"""
_PAGE: Final = """
SELECT position, content FROM webhook_event
WHERE collectivity = $1 AND position > $2 AND position <= $3 AND event_type = ANY($4)
    AND ($5::text[] IS NULL OR request_type = ANY($5)) AND ($6::text[] IS NULL OR area = ANY($6))
ORDER BY position LIMIT $7
"""
_BEFORE: Final = """
SELECT coalesce(min(position) - 1, (SELECT last_position FROM event_log WHERE collectivity = $1), 0)
FROM webhook_event WHERE collectivity = $1 AND created_at >= $2
"""
_OF_EVENT: Final = (
    "SELECT position FROM webhook_event WHERE collectivity = $1 AND event_id = $2 AND position IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class Filter:
    """What passes: events of these types, and where codes are named only those about requests that have one."""

    event_types: Sequence[str]
    request_types: Sequence[str] | None = None
    areas: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """What passed of a stretch of the log: position and CloudEvent of each; ``reached`` is where to go on."""

    events: Sequence[tuple[int, bytes]]
    reached: int
    last: int


async def advance(session: AsyncSession, collectivity: str) -> int:
    """The position of the next event, taken in the transaction that adds it."""
    first = insert(EventLog).values(collectivity=collectivity, last_position=1)
    taken = first.on_conflict_do_update(
        index_elements=[EventLog.collectivity], set_={"last_position": EventLog.last_position + 1}
    ).returning(EventLog.last_position)
    return (await session.execute(taken)).scalar_one()


class EventLogReader:
    """Reads the log, each call one or two statements."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def after(self, collectivity: str, position: int, wanted: Filter, limit: int) -> Stretch:
        """What passes after that position, oldest first; ends early where much does not pass."""
        last, first = await self._pool.fetchrow(_BOUNDS, collectivity)
        begin = max(position, first - 1)
        end = min(begin + SPAN, last)
        rows = await self._pool.fetch(
            _PAGE, collectivity, begin, end, wanted.event_types, wanted.request_types, wanted.areas, limit
        )
        reached = rows[-1]["position"] if len(rows) == limit else max(end, min(position, last))
        return Stretch([(row["position"], row["content"]) for row in rows], reached, last)

    async def before(self, collectivity: str, since: datetime) -> int:
        """The position before the first event that was added then or later."""
        found: int = await self._pool.fetchval(_BEFORE, collectivity, since)
        return found

    async def of_event(self, collectivity: str, event_id: UUID) -> int | None:
        """The position of an event, None where there is none any more."""
        found: int | None = await self._pool.fetchval(_OF_EVENT, collectivity, event_id)
        return found
