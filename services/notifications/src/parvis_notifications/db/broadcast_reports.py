# SPDX-License-Identifier: EUPL-1.2
"""What is told afterwards of what went to many: by bounces, and by providers of text messages who are asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db.broadcast_attempts import LOST
from parvis_notifications.domain.broadcast import PartState
from parvis_notifications.domain.subscribing import ASKED_EVERY

# Only what went out; a report may overtake the answer to the attempt, of which then nothing is known. What was taken
# is known, though not as an attempt where that was before these were kept.
_BOUNCED: Final = text(f"""
WITH back AS (
    UPDATE broadcast_delivery SET state = 'bounced', bounced_at = :now, report_status = :status, claim = NULL,
        due_at = 'infinity'
    WHERE recipient = :recipient AND channel = 'email' AND attempts > 0 AND bounced_at IS NULL RETURNING *),
lost AS ({LOST.format(rows="(SELECT * FROM back WHERE sent_at IS NULL)")})
SELECT true FROM back
""")
_DELAYED: Final = text(
    "UPDATE broadcast_delivery SET delayed_at = :now, report_status = :status"
    " WHERE recipient = :recipient AND channel = 'email' AND attempts > 0 AND bounced_at IS NULL RETURNING true"
)
# Of an alert that goes channel after channel: whom {channel} has not reached waits no longer for the next, nor longer
# than before for the one after; but whom another has meanwhile, or may have, has as long to answer as all.
SOONER: Final = """
UPDATE broadcast_delivery n
SET due_at = least(n.due_at, greatest(now(), n.due_at - b.escalate_seconds * interval '1 second'))
FROM broadcast b WHERE b.id = n.broadcast_id AND b.escalate_seconds IS NOT NULL
    AND n.recipient IN ({recipients}) AND n.state = 'pending' AND n.due_at < 'infinity' AND n.attempts = 0
    AND NOT EXISTS (SELECT 1 FROM broadcast_delivery o WHERE o.recipient = n.recipient AND o.channel <> {channel}
        AND o.state IN ('sending', 'sent', 'delivered', 'unknown'))
"""
_NEXT_CHANNEL: Final = text(SOONER.format(recipients=":recipient", channel="'email'"))
_CLAIM: Final = """
WITH due AS (
    SELECT recipient, channel FROM broadcast_delivery WHERE ask_at <= now() AND channel = 'sms'
    ORDER BY ask_at LIMIT $1 FOR UPDATE SKIP LOCKED)
UPDATE broadcast_delivery d SET ask_at = now() + $2 FROM due
WHERE d.recipient = due.recipient AND d.channel = due.channel
RETURNING d.recipient, d.channel, d.provider, d.provider_reference, coalesce(d.sent_at, now()) AS since
"""
# What is final stays.
_TELL: Final = f"""
WITH told AS (
    UPDATE broadcast_delivery d SET state = x.state, report_status = coalesce(x.status, d.report_status),
        delivered_at = CASE WHEN x.state = 'delivered' THEN now() END,
        bounced_at = CASE WHEN x.state = 'bounced' THEN now() END,
        segments = coalesce(x.segments, d.segments), cost_millicents = coalesce(x.cost, d.cost_millicents),
        ask_at = now() + x.again
    FROM unnest($1::bigint[], $2::text[], $3::text[], $4::interval[], $5::int[], $6::bigint[])
        AS x(recipient, state, status, again, segments, cost)
    WHERE d.recipient = x.recipient AND d.channel = 'sms' AND d.state = 'sent'
    RETURNING d.recipient, d.state, d.provider_reference, d.segments, d.cost_millicents),
paid AS (
    UPDATE broadcast_attempt a SET segments = told.segments, cost_millicents = told.cost_millicents FROM told
    WHERE a.recipient = told.recipient AND a.channel = 'sms' AND a.reference = told.provider_reference
        AND (a.segments, a.cost_millicents) IS DISTINCT FROM (told.segments, told.cost_millicents))
{SOONER.format(recipients="SELECT recipient FROM told WHERE state = 'bounced'", channel="'sms'")}
"""


async def bounced(session: AsyncSession, recipient: int, status: str, now: datetime) -> bool:
    """It does not arrive, and the next channel is for them; False where that is known, or nothing was sent."""
    row = await session.execute(_BOUNCED, {"recipient": recipient, "status": status, "now": now})
    if row.first() is None:
        return False
    await session.execute(_NEXT_CHANNEL, {"recipient": recipient})
    return True


# Not where it went before they were asked last how they are reached, or before they last changed that here: it may have
# gone to another address.
_WHOSE: Final = text(
    "SELECT s.collectivity, s.email_mark, s.email, s.key_person, s.person FROM recipient r"
    " JOIN broadcast_delivery d ON d.recipient = r.number AND d.channel = 'email'"
    " JOIN subscriber s ON s.id = r.subscriber_id WHERE r.number = :recipient AND s.email_mark IS NOT NULL"
    " AND coalesce(d.handed_over_at, d.sent_at) >= coalesce(s.contact_due_at - cast(:asked AS interval), s.updated_at)"
)


@dataclass(frozen=True, slots=True)
class MailedSubscriber:
    """Whose mail of a broadcast came back: the address that it went to, sealed; ``person`` is set for accounts."""

    collectivity: str
    mark: bytes
    address: bytes
    key_person: UUID
    person: UUID | None


async def mailed(session: AsyncSession, recipient: int) -> MailedSubscriber | None:
    """None where they are no subscriber any more, have no address, or may have had another when it went."""
    row = (await session.execute(_WHOSE, {"recipient": recipient, "asked": ASKED_EVERY})).one_or_none()
    return None if row is None else MailedSubscriber(*row)


async def delayed(session: AsyncSession, recipient: int, status: str, now: datetime) -> bool:
    """The relay still tries; False where it has given up by now, or nothing was sent."""
    row = await session.execute(_DELAYED, {"recipient": recipient, "status": status, "now": now})
    return row.first() is not None


@dataclass(frozen=True, slots=True)
class AskingPart:
    """One recipient's text message that its provider is asked about; ``since`` is when it was taken."""

    recipient: int
    channel: str
    provider: str | None
    provider_reference: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class ToldPart:
    """What a provider said of it; ``again`` is when it is asked next, None: no more."""

    recipient: int
    state: PartState
    status: str | None
    again: timedelta | None
    segments: int | None = None
    cost_millicents: int | None = None


class BroadcastReports:
    """The text messages to many whose providers can be asked."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def claim(self, limit: int, lease: timedelta) -> list[AskingPart]:
        """The next ones to ask about; for that long nobody else does."""
        return [AskingPart(**row) for row in await self._pool.fetch(_CLAIM, limit, lease)]

    async def tell(self, told: Sequence[ToldPart]) -> None:
        """Keep what was told."""
        columns = (
            [each.recipient for each in told],
            [each.state for each in told],
            [each.status for each in told],
            [each.again for each in told],
            [each.segments for each in told],
            [each.cost_millicents for each in told],
        )
        await self._pool.execute(_TELL, *columns)
