# SPDX-License-Identifier: EUPL-1.2
"""Which alert somebody was told of in the room of a messenger, and whether it is the last that was told there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# Of no more than the newest: a subscriber has one row for each broadcast of a year.
_NEWEST: Final = 200
_TOLD: Final = text(f"""
WITH newest AS MATERIALIZED (
    SELECT r.number, r.broadcast_id FROM recipient r
    WHERE r.subscriber_id = (SELECT id FROM subscriber WHERE person = :person AND collectivity = :collectivity)
    ORDER BY r.number DESC LIMIT {_NEWEST})
SELECT n.number, a.ended_at IS NULL AS holds, coalesce(d.sent_at, a.sent_at) AS told_at
FROM newest n JOIN alert a ON a.id = n.broadcast_id
JOIN broadcast_delivery d ON d.recipient = n.number AND d.channel = 'chat'
WHERE a.sent_at <= :by AND a.expires_at > :since AND d.attempts > 0
    AND (NOT :named OR d.provider_reference = ANY(:names))
ORDER BY a.ended_at IS NULL OR a.ended_at > :by DESC, a.sent_at DESC, n.number LIMIT 1
""")
# What may be there is as good as what is.
_SINCE: Final = text(f"""
WITH newest AS MATERIALIZED (
    SELECT r.number, r.broadcast_id FROM recipient r
    WHERE r.subscriber_id = (SELECT id FROM subscriber WHERE person = :person AND collectivity = :collectivity)
    ORDER BY r.number DESC LIMIT {_NEWEST}),
told AS (
    SELECT coalesce(sent_at, handed_over_at) AS at FROM delivery WHERE channel = 'chat' AND target = :address
    UNION ALL
    SELECT d.sent_at FROM newest n JOIN broadcast_delivery d ON d.recipient = n.number AND d.channel = 'chat'
    WHERE NOT EXISTS (SELECT FROM alert a WHERE a.id = n.broadcast_id))
SELECT EXISTS (SELECT FROM told WHERE at > :after AND at <= :by)
""")


async def told_in_room(
    session: AsyncSession, collectivity: str, person: UUID, names: Sequence[str], by: datetime, since: datetime
) -> tuple[int, bool, datetime] | None:
    """The recipient that somebody is of the last alert told there, whether it holds, and since when it is there.

    Of those whose messages have one of these ``names`` with the homeserver, where there are any; sent ``by`` then, and
    not over ``since`` then. One that had ended comes after all that held.
    """
    wanted = {"person": person, "collectivity": collectivity, "by": by, "since": since}
    found = await session.execute(_TOLD, {**wanted, "named": bool(names), "names": list(names)})
    row = found.first()
    return None if row is None else (row.number, row.holds, row.told_at)


async def else_told(
    session: AsyncSession, collectivity: str, person: UUID, address: UUID, after: datetime, by: datetime
) -> bool:
    """Whether somebody was told there of something else than an alert, between the two."""
    wanted = {"person": person, "collectivity": collectivity, "address": address, "after": after, "by": by}
    return bool(await session.scalar(_SINCE, wanted))
