# SPDX-License-Identifier: EUPL-1.2
"""Calls of messages to one person: recorded before they are made, asked after, and told of once.

The delivery is ``sent`` while a provider has a call, ``retry`` between two calls, and ``unknown`` while nobody knows
whether one was made. The call itself is a row of ``voice_call``, as those of alerts are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_kit.messaging.events import Event
from parvis_kit.messaging.outbox import OUTBOX_COLUMNS, outbox_values
from parvis_notifications.db.deliveries import Attempt, told_row
from parvis_notifications.db.voice_calls import EndedCall, VoiceCalls
from parvis_notifications.domain.delivery import AttemptOutcome

_BEGIN: Final = """
WITH going AS (
    UPDATE delivery SET handed_over_at = now(), attempts = attempts + 1, due_at = now() + $3, provider = $5::text,
        provider_reference = NULL, report_status = NULL
    WHERE id = $1 AND claim = $2 AND state = 'sending' AND address_doubts = 0 RETURNING id, collectivity),
attempted AS (
    INSERT INTO delivery_attempt (id, delivery_id, collectivity, provider, began_at)
    SELECT $4::uuid, id, collectivity, $5::text, now() FROM going)
INSERT INTO voice_call (delivery_id, collectivity, provider, began_at)
SELECT id, collectivity, $5::text, now() FROM going RETURNING number
"""
# Whoever holds the claim: the provider has it, and the sooner that is known the better. The event is of the first call.
_TAKEN: Final = f"""
WITH call AS (
    UPDATE voice_call SET reference = $2, status = coalesce(status, $3)
    WHERE number = $1 AND (reference IS NULL OR reference = $2) RETURNING delivery_id, provider),
sent AS (
    UPDATE delivery d SET state = 'sent', claim = NULL, last_reply = $3, provider = call.provider,
        provider_reference = $2, sent_at = coalesce(d.sent_at, now()), ask_at = now() + $4::interval
    FROM call WHERE d.id = call.delivery_id AND d.state IN ('sending', 'unknown')
    RETURNING d.id, d.message_id, d.collectivity, d.sent_at = now() AS first),
attempted AS (
    UPDATE delivery_attempt a SET ended_at = now(), outcome = '{AttemptOutcome.ACCEPTED}', reply = $3
    FROM sent WHERE a.id = $5 AND a.delivery_id = sent.id),
told AS (UPDATE message SET sequence = $6 WHERE id = (SELECT message_id FROM sent WHERE first))
INSERT INTO outbox ({OUTBOX_COLUMNS}) SELECT {outbox_values(8)} FROM sent WHERE first AND $7
"""
_CLAIM: Final = """
WITH due AS (
    SELECT id FROM delivery WHERE channel = 'voice' AND ask_at <= now() ORDER BY ask_at LIMIT $1
    FOR UPDATE SKIP LOCKED),
asked AS (
    UPDATE delivery d SET ask_at = now() + $2 FROM due WHERE d.id = due.id
    RETURNING d.id, d.message_id, d.collectivity, d.address, d.state, d.provider, d.handed_over_at, d.sent_at,
        d.created_at)
SELECT a.id AS delivery_id, a.message_id, a.collectivity, a.address, a.state, a.provider,
    m.person, m.template, m.sequence, v.number, v.reference,
    coalesce(v.began_at, a.handed_over_at, a.sent_at, a.created_at) AS since,
    (SELECT t.id FROM delivery_attempt t WHERE t.delivery_id = a.id ORDER BY t.began_at DESC LIMIT 1) AS attempt_id
FROM asked a JOIN message m ON m.id = a.message_id LEFT JOIN LATERAL (
    SELECT number, reference, began_at FROM voice_call
    WHERE delivery_id = a.id AND ended_at IS NULL ORDER BY number DESC LIMIT 1) v ON true
"""
# A call ends once, whoever says so and how often; whoever pressed a key was reached (see db/voice_calls.py). One that
# may be made again, and was not answered as often as that, says nothing of the number.
_ENDED: Final = """
WITH call AS (
    UPDATE voice_call SET ended_at = now(), status = $2, minutes = $3, cost_millicents = $4
    WHERE number = $1 AND ended_at IS NULL RETURNING delivery_id, reference, key),
made AS (
    SELECT call.key IS NULL AND count(v.reference) < $7 AS again,
        CASE WHEN call.key IS NULL THEN $5 ELSE 'delivered' END AS state
    FROM call JOIN voice_call v ON v.delivery_id = call.delivery_id GROUP BY call.key),
told AS (
    UPDATE delivery d SET report_status = $2, ask_at = NULL,
        state = CASE WHEN made.again THEN 'retry' ELSE made.state END,
        due_at = now() + $6::interval,
        handed_over_at = CASE WHEN made.again THEN NULL ELSE d.handed_over_at END,
        provider_reference = CASE WHEN made.again THEN NULL ELSE d.provider_reference END,
        delivered_at = CASE WHEN NOT made.again AND made.state = 'delivered' THEN now() END,
        bounced_at = CASE WHEN NOT made.again AND made.state = 'bounced' THEN now() END,
        fault = CASE WHEN made.again OR made.state <> 'bounced' THEN NULL WHEN $7 = 0 THEN 'permanent'
            ELSE 'temporary' END,
        segments = coalesce(d.segments, 0) + $3, cost_millicents = coalesce(d.cost_millicents, 0) + $4
    FROM call, made WHERE d.id = call.delivery_id AND d.state = 'sent' AND d.provider_reference = call.reference)
SELECT true FROM call
"""
# What was asked is of one attempt and of one call: the delivery may have gone again since.
_SAME: Final = """
(SELECT t.id FROM delivery_attempt t WHERE t.delivery_id = $1 ORDER BY t.began_at DESC LIMIT 1)
    IS NOT DISTINCT FROM $2::uuid
"""
# Not where the provider named it meanwhile: the row of the call is locked before the delivery goes back.
_NEVER_TAKEN: Final = f"""
WITH none AS (
    UPDATE voice_call SET ended_at = now(), status = 'not-taken'
    WHERE delivery_id = $1 AND number = $3 AND ended_at IS NULL AND reference IS NULL AND {_SAME} RETURNING number),
back AS (
    UPDATE delivery SET state = 'retry', due_at = now(), handed_over_at = NULL, ask_at = NULL, claim = NULL
    WHERE id = $1 AND state = 'unknown' AND {_SAME} AND (EXISTS (SELECT 1 FROM none) OR NOT EXISTS (
        SELECT 1 FROM voice_call WHERE delivery_id = $1 AND ended_at IS NULL))
    RETURNING id)
UPDATE delivery_attempt SET outcome = '{AttemptOutcome.NOT_TAKEN}', ended_at = now()
WHERE id = $2 AND delivery_id IN (SELECT id FROM back)
"""
_LATER: Final = f"""
UPDATE delivery SET ask_at = now() + $3::interval WHERE id = $1 AND state IN ('sent', 'unknown') AND {_SAME}
"""
_CALLED: Final = text("""
SELECT m.person, m.collectivity, m.template, m.language, m.subject, m.voice,
    d.address_doubts = 0 AND EXISTS (
        SELECT 1 FROM voice_call v WHERE v.number = :number AND v.ended_at IS NULL) AS tellable
FROM delivery d JOIN message m ON m.id = d.message_id WHERE d.id = :delivery
""")
_ALERTS: Final = """
SELECT EXISTS (
    SELECT 1 FROM broadcast b
    WHERE b.lane = 'alert' AND b.state IN ('ready', 'sending') AND 'voice' = ANY (b.channels)
        AND (b.state = 'ready' OR EXISTS (
            SELECT 1 FROM broadcast_delivery d
            WHERE d.broadcast_id = b.id AND d.channel = 'voice' AND d.due_at <= now())))
"""


@dataclass(frozen=True, slots=True)
class CalledPerson:
    """Whom a call is to, of which occasion, in which language, and the message's sealed subject and spoken words.

    It is ``tellable`` while the call goes on, and no change is known of whose number it is.
    """

    person: UUID
    collectivity: str
    template: str
    language: str
    subject: bytes
    voice: bytes | None
    tellable: bool


@dataclass(frozen=True, slots=True)
class AskingPersonCall:
    """A delivery by voice that its provider is asked about; ``since`` is when its open call began, or the last one.

    Without a ``number`` no call is open. Without a ``reference`` nobody knows whether the provider has it.
    """

    delivery_id: UUID
    message_id: UUID
    collectivity: str
    address: bytes
    state: str
    provider: str
    person: UUID
    template: str
    sequence: int
    number: int | None
    reference: str | None
    since: datetime
    attempt_id: UUID


class PersonCalls(VoiceCalls):
    """All of them."""

    def __init__(self, database: Database) -> None:
        super().__init__(database.pool)
        self._database = database

    async def begin_of(self, attempt: Attempt, lease: timedelta) -> int | None:
        """Say that a call goes to the attempt's provider now: its number; None where it may not."""
        row = (attempt.delivery_id, attempt.claim, lease, attempt.id, attempt.provider)
        number: int | None = await self._pool.fetchval(_BEGIN, *row)
        return number

    async def taken_of(
        self, number: int, report: tuple[str, str], ask_after: timedelta, attempt_id: UUID, event: Event
    ) -> None:
        """The provider has it: its name there and its status; the event is told of the first call alone."""
        row = (number, *report, ask_after, attempt_id, event.sequence)
        await self._pool.execute(_TAKEN, *row, *told_row(event))
        self._database.on_commit()

    async def asking_persons(self, limit: int, lease: timedelta) -> Sequence[AskingPersonCall]:
        """The next ones to ask about; for that long nobody else does."""
        return [AskingPersonCall(**row) for row in await self._pool.fetch(_CLAIM, limit, lease)]

    async def ended(self, end: EndedCall) -> bool:
        """Keep what became of a call, once; False where that was known."""
        return await self._end(_ENDED, end)

    async def never_taken(self, asking: AskingPersonCall) -> None:
        """The provider has no such call: it is made again, unless that has been done meanwhile."""
        await self._pool.execute(_NEVER_TAKEN, asking.delivery_id, asking.attempt_id, asking.number)

    async def put_off(self, asking: AskingPersonCall, pause: timedelta | None) -> None:
        """Ask again after that time; or no more, and what was known stays."""
        await self._pool.execute(_LATER, asking.delivery_id, asking.attempt_id, pause)

    async def alerts_call(self) -> bool:
        """Whether an alert has somebody to call now."""
        return bool(await self._pool.fetchval(_ALERTS))


async def called_person(session: AsyncSession, delivery_id: UUID, number: int) -> CalledPerson:
    """Whose delivery it is, which goes by that call."""
    row = (await session.execute(_CALLED, {"delivery": delivery_id, "number": number})).one()
    return CalledPerson(*row)
