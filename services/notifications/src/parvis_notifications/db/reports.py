# SPDX-License-Identifier: EUPL-1.2
"""What providers are asked of deliveries that they have, or may have, and what they tell."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from parvis_kit.db.database import Database
from parvis_notifications.domain.delivery import AttemptOutcome, Fault
from parvis_notifications.domain.topic import Channel

_CLAIM: Final = """
WITH due AS (
    SELECT id FROM delivery WHERE channel = $1 AND ask_at <= now() ORDER BY ask_at LIMIT $2 FOR UPDATE SKIP LOCKED)
UPDATE delivery d SET ask_at = now() + $3 FROM due, message m WHERE d.id = due.id AND m.id = d.message_id
RETURNING d.id, d.message_id, d.collectivity, d.address, d.state, d.provider, d.provider_reference,
    d.report_status, d.cost_millicents,
    coalesce(d.sent_at, d.handed_over_at, d.created_at) AS since, m.person, m.template, m.subject, m.link,
    m.sms, m.sequence, d.traceparent,
    (SELECT a.id FROM delivery_attempt a WHERE a.delivery_id = d.id ORDER BY a.began_at DESC LIMIT 1) AS attempt_id
"""
_KNOWN: Final = """
SELECT provider_reference FROM delivery
WHERE provider = $1 AND provider_reference IS NOT NULL AND created_at > now() - interval '10 days'
    AND message_id IN (SELECT id FROM message WHERE person = $2)
"""
# What was asked is of one attempt: the delivery may have gone again since, under another name.
_SAME: Final = """
(SELECT a.id FROM delivery_attempt a WHERE a.delivery_id = $1 ORDER BY a.began_at DESC LIMIT 1)
    IS NOT DISTINCT FROM $2::uuid
"""
# A report may overtake the answer to the attempt, and come twice; what is final stays.
_TELL: Final = f"""
UPDATE delivery SET state = $3::text, report_status = $4, fault = $8,
    delivered_at = CASE WHEN $3::text = 'delivered' THEN now() END,
    bounced_at = CASE WHEN $3::text = 'bounced' THEN now() END,
    segments = coalesce($6, segments), cost_millicents = coalesce($7, cost_millicents), ask_at = now() + $5::interval
WHERE id = $1 AND state = 'sent' AND {_SAME} RETURNING true
"""
_NEVER_TAKEN: Final = f"""
WITH back AS (
    UPDATE delivery SET state = 'retry', due_at = now(), handed_over_at = NULL, ask_at = NULL, claim = NULL
    WHERE id = $1 AND state = 'unknown' AND {_SAME} RETURNING id)
UPDATE delivery_attempt SET outcome = $3, ended_at = now() WHERE id = $2 AND delivery_id IN (SELECT id FROM back)
"""
_MARK: Final = f"UPDATE delivery SET report_status = $3 WHERE id = $1 AND state = 'unknown' AND {_SAME} RETURNING true"
_LATER: Final = f"""
UPDATE delivery SET ask_at = now() + $3::interval WHERE id = $1 AND state IN ('sent', 'unknown') AND {_SAME}
"""


@dataclass(frozen=True, slots=True)
class Asking:
    """A delivery that its provider is asked about; ``since`` is when it was handed over, or taken."""

    id: UUID
    message_id: UUID
    collectivity: str
    address: bytes
    state: str
    provider: str
    provider_reference: str | None
    report_status: str | None
    cost_millicents: int | None
    since: datetime
    person: UUID
    template: str
    subject: bytes
    sms: bytes | None
    link: str
    sequence: int
    traceparent: str | None
    attempt_id: UUID


class Reports:
    """The deliveries of a channel whose providers can be asked."""

    def __init__(self, database: Database, channel: Channel) -> None:
        self._pool = database.pool
        self._channel = channel

    async def claim(self, limit: int, *, lease: timedelta) -> list[Asking]:
        """The next ones to ask about; for that long nobody else does."""
        return [Asking(**row) for row in await self._pool.fetch(_CLAIM, self._channel, limit, lease)]

    async def known(self, provider: str, person: UUID) -> set[str]:
        """The names that the provider gave to recent messages to that person."""
        return {row[0] for row in await self._pool.fetch(_KNOWN, provider, person)}

    async def tell(
        self,
        asking: Asking,
        state: str,
        status: str,
        *,
        again: timedelta | None,
        segments: int | None,
        cost_millicents: int | None,
        fault: Fault | None = None,
    ) -> bool:
        """Keep what was told, and when to ask again; False where something final was known.

        ``fault`` is of what does not arrive.
        """
        row = (asking.id, asking.attempt_id, state, status, again, segments, cost_millicents, fault)
        return bool(await self._pool.fetchval(_TELL, *row))

    async def never_taken(self, asking: Asking) -> None:
        """The provider has no such message: it goes again."""
        await self._pool.execute(_NEVER_TAKEN, asking.id, asking.attempt_id, AttemptOutcome.NOT_TAKEN)

    async def mark(self, asking: Asking, status: str) -> bool:
        """Keep what is being done about one of which nothing is known, before it is done; False where it went again."""
        return bool(await self._pool.fetchval(_MARK, asking.id, asking.attempt_id, status))

    async def later(self, asking: Asking, pause: timedelta | None) -> None:
        """Ask again after that time, or no more."""
        await self._pool.execute(_LATER, asking.id, asking.attempt_id, pause)
