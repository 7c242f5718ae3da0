# SPDX-License-Identifier: EUPL-1.2
"""Broadcasts on their way: claimed in batches, handed over and settled in small groups, one statement for each.

A group is marked before its first word goes out, and settled after its last: what a killed worker had in hand is in
doubt, and no more than that. What is in doubt is sent again where the second copy can be known as such (a mail, by its
``Message-ID``), and asked after where it costs money and may wake somebody (a text message), or can be looked for (a
message in a room).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from parvis_notifications.db.broadcast_attempts import FOUND, LOST, TRIED, columns, found
from parvis_notifications.db.broadcast_reports import SOONER
from parvis_notifications.domain.broadcast import Lane, Settled
from parvis_notifications.domain.topic import Channel

# By their channel, due rows are found with their index.
_EVERY: Final = f"'{{{','.join(Channel)}}}'"
# What waits for the mail of a digest has not gone.
_ALL_TOLD: Final = (
    "NOT EXISTS (SELECT 1 FROM broadcast_delivery g WHERE g.broadcast_id = b.id AND g.state = 'gathered')"
)
# Those with something to do by this channel, and those that can be closed: twenty that wait hold no other back.
_OPEN: Final = f"""
SELECT b.id, b.collectivity, b.lane, b.topic, b.texts, b.link, b.area_label, b.channels, b.exercise, b.frozen_at,
    a.expires_at
FROM broadcast b LEFT JOIN alert a ON a.id = b.id
WHERE b.lane = $1 AND b.state = 'sending' AND (
    EXISTS (SELECT 1 FROM broadcast_delivery d WHERE d.broadcast_id = b.id AND d.channel = $2 AND d.due_at <= now())
    OR NOT EXISTS (SELECT 1 FROM broadcast_delivery d
        WHERE d.broadcast_id = b.id AND d.channel = ANY({_EVERY}) AND d.due_at < 'infinity') AND {_ALL_TOLD})
ORDER BY b.created_at LIMIT 20
"""
# Of a channel that the deployment had when the audience was frozen, and has no more: nobody else looks at these.
_LEFT: Final = f"""
WITH ended AS (
    UPDATE broadcast_delivery d SET state = CASE WHEN d.handed_over_at IS NULL THEN 'failed' ELSE 'unknown' END,
        last_reply = 'too-late', due_at = 'infinity', claim = NULL
    WHERE (d.recipient, d.channel) IN (
        SELECT o.recipient, o.channel FROM broadcast b JOIN broadcast_delivery o ON o.broadcast_id = b.id
        WHERE b.lane = $1 AND b.state = 'sending' AND b.frozen_at < now() - $2::interval
            AND o.channel = ANY($3::text[]) AND o.due_at < 'infinity' LIMIT $4)
    RETURNING d.*),
lost AS ({LOST.format(rows="ended")})
SELECT recipient FROM ended
"""
_CLAIM: Final = f"""
WITH due AS (
    SELECT recipient, channel, collectivity, attempts, provider, handed_over_at FROM broadcast_delivery
    WHERE broadcast_id = $1 AND channel = $2 AND due_at <= now() ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED),
lost AS ({LOST.format(rows="due")}),
claimed AS (
    UPDATE broadcast_delivery d SET state = 'sending', claim = $3, due_at = now() + $5
    FROM due WHERE d.recipient = due.recipient AND d.channel = due.channel
    RETURNING d.recipient, d.attempts, d.doubts, d.provider, d.handed_over_at, d.taken_by)
SELECT c.recipient, c.attempts, c.doubts, c.provider, c.handed_over_at, c.taken_by, r.subscriber_id, r.language,
    coalesce(r.answered_at, r.acknowledged_at) IS NOT NULL AS answered, s.person, s.key_person,
    CASE $2 WHEN 'email' THEN s.email WHEN 'push' THEN ''::bytea WHEN 'chat' THEN ''::bytea ELSE s.phone END AS address,
    CASE $6 WHEN 'alert' THEN s.emergency_at IS NOT NULL ELSE s.news_at IS NOT NULL AND $2 = ANY(n.channels) END
        AS agreed,
    $6 = 'news' AND $2 = 'sms' AND EXISTS (SELECT 1 FROM text_stop t WHERE t.mark = s.phone_mark
        AND t.collectivity = s.collectivity AND t.application = '' AND t.lifted_at IS NULL) AS stopped,
    $6 = 'news' AND EXISTS (SELECT 1 FROM dead_address x WHERE x.collectivity = s.collectivity AND x.channel = $2
        AND x.mark = CASE $2 WHEN 'email' THEN s.email_mark WHEN 'sms' THEN s.phone_mark END AND x.dead_until > now())
        AS dead,
    CASE $2 WHEN 'email' THEN n.digest END AS rhythm, f.digest_at, f.digest_weekday, f.digest_time_zone,
    f.quiet_begins, f.quiet_ends, f.time_zone
FROM claimed c JOIN recipient r ON r.number = c.recipient LEFT JOIN subscriber s ON s.id = r.subscriber_id
LEFT JOIN subscription n ON n.subscriber_id = s.id AND n.topic = (SELECT topic FROM broadcast WHERE id = $1)
LEFT JOIN preference f ON f.collectivity = s.collectivity AND f.person = s.person
"""
# Not where it was paused or cancelled meanwhile. Rows are found by their keys: by their broadcast, all would be read.
_HAND_OVER: Final = """
UPDATE broadcast_delivery d SET handed_over_at = now(), attempts = attempts + 1,
    due_at = now() + $5, provider = $6
FROM unnest($1::bigint[]) AS x(recipient) WHERE d.recipient = x.recipient AND d.channel = $2
    AND d.claim = $3 AND d.state = 'sending'
    AND EXISTS (SELECT 1 FROM broadcast b WHERE b.id = $4 AND b.state = 'sending')
RETURNING d.recipient
"""
# What was marked and nobody has taken over; whether more of it may go is another question.
_KEEP: Final = """
UPDATE broadcast_delivery d SET due_at = now() + $5
FROM unnest($1::bigint[]) AS x(recipient) WHERE d.recipient = x.recipient AND d.channel = $2
    AND d.claim = $3 AND d.state = 'sending'
RETURNING d.recipient, EXISTS (SELECT 1 FROM broadcast b WHERE b.id = $4 AND b.state = 'sending') AS going
"""
# Whoever holds the claim, of what was taken: the provider has it, and the sooner that is known the better.
# Whom it cannot reach waits no longer for the next channel of an alert.
_SETTLE: Final = f"""
WITH settled AS (
    UPDATE broadcast_delivery d SET state = CASE WHEN d.bounced_at IS NULL THEN x.state ELSE d.state END,
        last_reply = x.reply, claim = NULL,
        ask_at = CASE WHEN x.state = 'sent' AND x.reference IS NOT NULL AND $1 <> 'chat'
            THEN now() + interval '1 minute' END,
        due_at = CASE WHEN x.pause IS NULL THEN 'infinity' ELSE now() + x.pause END,
        handed_over_at = CASE WHEN x.doubtful OR x.state = 'sent' THEN d.handed_over_at END,
        doubts = d.doubts + CASE WHEN x.doubtful AND x.state = 'retry' THEN 1 ELSE 0 END,
        provider = coalesce(x.provider, d.provider), provider_reference = x.reference, segments = x.segments,
        cost_millicents = x.cost, sent_at = CASE WHEN x.state = 'sent' THEN now() END
    FROM unnest($3::bigint[], $4::text[], $5::text[], $6::interval[], $7::bool[], $8::text[], $9::text[], $10::int[],
        $11::bigint[]) AS x(recipient, state, reply, pause, doubtful, provider, reference, segments, cost)
    WHERE d.recipient = x.recipient AND d.channel = $1 AND (d.claim = $2 OR x.state = 'sent' AND d.sent_at IS NULL)
    RETURNING d.recipient, d.state),
tried AS ({TRIED})
{SOONER.format(recipients="SELECT recipient FROM settled WHERE state = 'failed'", channel="$1")}
"""
_REROUTE: Final = "UPDATE broadcast_delivery SET provider = $4 WHERE recipient = $1 AND channel = $2 AND claim = $3"
_TAKEN: Final = "UPDATE broadcast_delivery SET taken_by = $4 WHERE recipient = $1 AND channel = $2 AND claim = $3"
# What never went out was no attempt.
_RELEASE: Final = """
UPDATE broadcast_delivery SET state = CASE WHEN attempts > $6::bool::int THEN 'retry' ELSE 'pending' END,
    attempts = greatest(attempts - $6::bool::int, 0), due_at = now() + $4,
    claim = NULL, handed_over_at = CASE WHEN $5 THEN NULL ELSE handed_over_at END
WHERE recipient = ANY($1) AND channel = $2 AND claim = $3 AND state = 'sending'
"""
_DONE: Final = f"""
UPDATE broadcast b SET state = 'done', done_at = now(), version = version + 1
WHERE id = $1 AND state = 'sending' AND NOT EXISTS (SELECT 1 FROM broadcast_delivery d
    WHERE d.broadcast_id = $1 AND d.channel = ANY({_EVERY}) AND d.due_at < 'infinity') AND {_ALL_TOLD}
"""


@dataclass(frozen=True, slots=True)
class OpenBroadcast:
    """One that is being sent; ``expires_at`` is when an alert is over."""

    id: UUID
    collectivity: str
    lane: str
    topic: str | None
    texts: str
    link: str | None
    area_label: str | None
    channels: Sequence[str]
    exercise: bool
    frozen_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClaimedPart:
    """One recipient's turn in the hands of one worker; ``handed_over_at`` is set where a former one may have sent it.

    ``doubts`` is how often it went out and no answer came: a worker that was killed says nothing of that. ``address``
    is None where the subscriber is gone, or has none any more, and empty for browsers and rooms of a messenger, whose
    addresses are kept apart; ``taken_by`` are the browsers of ``person`` that have it. ``agreed`` is whether they still
    want it, ``stopped`` whether their number has said STOP, ``dead`` whether nothing arrives at that address;
    ``rhythm`` how often their mails of that topic go where these are gathered, ``digest_at`` and the next two when.
    """

    recipient: int
    attempts: int
    doubts: int
    provider: str | None
    handed_over_at: datetime | None
    taken_by: Sequence[UUID] | None
    subscriber_id: UUID
    language: str
    answered: bool
    person: UUID | None
    key_person: UUID | None
    address: bytes | None
    agreed: bool | None
    stopped: bool
    dead: bool
    rhythm: str | None
    digest_at: time | None
    digest_weekday: int | None
    digest_time_zone: str | None
    quiet_begins: time | None
    quiet_ends: time | None
    time_zone: str | None


class BroadcastDeliveries:
    """Those of one lane and one channel."""

    def __init__(self, pool: "asyncpg.Pool[Any]", lane: Lane, channel: Channel) -> None:
        self._pool = pool
        self.lane = lane
        self.channel = channel

    async def open(self) -> list[OpenBroadcast]:
        """Those of the lane in which something is due by the channel, or that are to be closed; the oldest first."""
        return [OpenBroadcast(**row) for row in await self._pool.fetch(_OPEN, self.lane, self.channel)]

    async def give_up(self, channels: Sequence[str], after: timedelta, limit: int) -> bool:
        """End what is open so long by channels that nobody sends by; False where nothing was."""
        return bool(await self._pool.fetch(_LEFT, self.lane, after, list(channels), limit) if channels else [])

    async def claim(self, broadcast: UUID, claim: UUID, limit: int, lease: timedelta) -> list[ClaimedPart]:
        """The next due ones of a broadcast, for that long."""
        rows = await self._pool.fetch(_CLAIM, broadcast, self.channel, claim, limit, lease, self.lane)
        return [ClaimedPart(**row) for row in rows]

    async def hand_over(
        self, broadcast: UUID, claim: UUID, recipients: Sequence[int], provider: str, lease: timedelta
    ) -> set[int]:
        """Say that these go out now, for at most that long; returns those that may."""
        row = (list(recipients), self.channel, claim, broadcast, lease, provider)
        return {row["recipient"] for row in await self._pool.fetch(_HAND_OVER, *row)}

    async def keep(self, broadcast: UUID, claim: UUID, recipients: Sequence[int], lease: timedelta) -> set[int]:
        """Hold what was marked for that long again; returns those that may still go."""
        row = (list(recipients), self.channel, claim, broadcast, lease)
        return {row["recipient"] for row in await self._pool.fetch(_KEEP, *row) if row["going"]}

    async def settle(self, claim: UUID, settled: Sequence[Settled]) -> None:
        """Keep what came of them, and each attempt."""
        outcomes = (
            [each.recipient for each in settled],
            [each.state for each in settled],
            [each.reply for each in settled],
            [each.pause for each in settled],
            [each.doubtful for each in settled],
            [each.provider for each in settled],
            [each.reference for each in settled],
            [each.segments for each in settled],
            [each.cost_millicents for each in settled],
        )
        if not settled:
            return
        row = (self.channel, claim, *outcomes, *columns(settled))
        if told := found(settled):
            async with self._pool.acquire() as connection, connection.transaction():
                # Deliveries before their attempts, as whoever claims them: the other way round both may wait for ever.
                await connection.execute(_SETTLE, *row)
                await connection.executemany(FOUND, [(self.channel, *each) for each in told])
        else:
            await self._pool.execute(_SETTLE, *row)

    async def reroute(self, claim: UUID, recipient: int, provider: str) -> None:
        """Keep that what was marked is offered to another now, which is the one to look there for it."""
        await self._pool.execute(_REROUTE, recipient, self.channel, claim, provider)

    async def taken(self, claim: UUID, recipient: int, browsers: Sequence[UUID]) -> None:
        """Keep which browsers have it, where others of that recipient are still to be told."""
        await self._pool.execute(_TAKEN, recipient, self.channel, claim, list(browsers))

    async def release(
        self,
        claim: UUID,
        recipients: Sequence[int],
        pause: timedelta = timedelta(),
        *,
        unsent: bool = True,
        marked: bool = True,
    ) -> None:
        """Give back what did not go: ``unsent`` where it never did, ``marked`` where this claim said that it would."""
        if recipients:
            await self._pool.execute(_RELEASE, list(recipients), self.channel, claim, pause, unsent, marked)

    async def done(self, broadcast: UUID) -> None:
        """Close it where nothing of it is open."""
        await self._pool.execute(_DONE, broadcast)
