# SPDX-License-Identifier: EUPL-1.2
"""Deliveries on their way: one statement and one round trip for each step, because a message must go once.

The states: ``pending`` → ``sending`` (claimed) → ``sent``, ``failed``, ``retry`` or ``unknown``; a ``retry`` is claimed
again. What was sent, or is unknown, is asked after (``db/reports.py``), and may yet be ``delivered`` or ``bounced``. A
claim runs out, so that the deliveries of a worker that died are taken up again; whoever was slow finds its claim gone
at :meth:`Deliveries.hand_over`, before the content goes out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_kit.messaging.events import Event
from parvis_kit.messaging.outbox import OUTBOX_COLUMNS, outbox_row, outbox_values
from parvis_notifications.db import dead_addresses
from parvis_notifications.domain.delivery import WITHDRAWING, AttemptOutcome, Fault, SendingState
from parvis_notifications.domain.topic import OWN_ENTRY, Channel

_CLAIM: Final = """
WITH due AS (
    SELECT id FROM delivery WHERE channel = $4 AND bulk = $5 AND state IN ('pending', 'retry', 'sending')
        AND due_at <= now()
    ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
UPDATE delivery d SET state = 'sending', claim = $1, due_at = now() + $2
FROM due, delivery o LEFT JOIN digest g ON g.id = o.target, message m LEFT JOIN sent_message s ON s.id = m.id
WHERE d.id = due.id AND o.id = d.id AND m.id = d.message_id
RETURNING d.id, d.message_id, d.channel, d.target, d.collectivity, d.address, d.address_doubts,
    d.attempts, d.traceparent,
    coalesce(d.not_before_at, d.created_at) AS begun_at, d.useless_at,
    d.handed_over_at IS NOT NULL AS doubtful, d.provider,
    (SELECT u.fingerprint FROM unreachable_address u
     WHERE u.person = m.person AND u.collectivity = d.collectivity AND u.channel = d.channel) AS unreachable,
    m.person, m.sms, m.voice, m.spare, m.sequence,
    CASE WHEN g.id IS NULL THEN m.template ELSE 'digest' END AS template, coalesce(g.language, m.language) AS language,
    coalesce(g.subject, m.subject) AS subject, coalesce(g.body, m.body) AS body, coalesce(g.link, m.link) AS link,
    CASE WHEN g.id IS NULL THEN m.html ELSE g.html END AS html,
    CASE WHEN g.id IS NULL THEN m.secret_link END AS secret_link,
    CASE WHEN g.id IS NULL THEN m.invitation END AS invitation,
    CASE WHEN g.id IS NULL THEN (SELECT coalesce(c.address, c.id) FROM conversation c WHERE c.id = m.conversation)
    END AS reply_address, coalesce(s.kind = 'test', false) AS simulated
"""
_HAND_OVER: Final = """
WITH going AS (
    UPDATE delivery SET handed_over_at = now(), attempts = attempts + 1, due_at = now() + $3, provider = $5::text,
        provider_reference = $6::text, report_status = NULL
    WHERE id = $1 AND claim = $2 AND state = 'sending' AND address_doubts = 0 RETURNING id, collectivity)
INSERT INTO delivery_attempt (id, delivery_id, collectivity, provider, began_at)
SELECT $4::uuid, id, collectivity, $5::text, now() FROM going RETURNING true
"""
# Not where another change was told meanwhile: the address may be one that is not the person's any more.
_READDRESS: Final = """
UPDATE delivery SET address = $3, address_doubts = 0
WHERE id = $1 AND claim = $2 AND state = 'sending' AND address_doubts = $4 RETURNING true
"""
_RETARGET: Final = """
UPDATE delivery SET target = $3, address = $4
WHERE id = $1 AND claim = $2 AND state = 'sending' AND address_doubts = 0 AND handed_over_at IS NULL RETURNING true
"""
_WITHDRAWING: Final = f"""
UPDATE delivery SET report_status = '{WITHDRAWING}', due_at = now() + $3
WHERE id = $1 AND claim = $2 AND state = 'sending' RETURNING true
"""
_ATTEMPTED: Final = """
INSERT INTO delivery_attempt (id, delivery_id, collectivity, provider, began_at, ended_at, outcome, reply)
SELECT $3::uuid, id, collectivity, $4::text, now(), now(), $5::text, $6::text FROM {done} WHERE $4::text <> ''
ON CONFLICT (id) DO UPDATE SET ended_at = now(), outcome = excluded.outcome, reply = excluded.reply
"""
# The news that a digest told of, to whose mail ``{done}`` is, where ``{final}``.
_NEWS: Final = """
UPDATE broadcast_delivery b SET state = o.state, sent_at = o.sent_at, attempts = o.attempts, provider = o.provider,
    last_reply = o.last_reply, bounced_at = o.bounced_at, report_status = o.report_status
FROM {done} o WHERE b.digest_id = o.target AND b.channel = 'email' AND {final}
"""
_MAIL: Final = "sent_at, attempts, provider, last_reply, bounced_at, report_status, target, state"
# Whoever holds the claim: the provider has it, and the sooner that is known the better. It may be back already.
_SENT: Final = f"""
WITH sent AS (
    UPDATE delivery SET state = CASE WHEN bounced_at IS NULL THEN 'sent' ELSE state END, sent_at = now(),
        claim = NULL, last_reply = $6::text, provider = $4::text, provider_reference = $7, segments = $8,
        cost_millicents = $9, ask_at = now() + $10::interval
    WHERE id = $1 AND sent_at IS NULL RETURNING id, collectivity, message_id, {_MAIL}),
news AS ({_NEWS.format(done="sent", final="b.state IN ('gathered', 'bounced') AND b.sent_at IS NULL")}),
attempted AS ({_ATTEMPTED.format(done="sent")}),
told AS (UPDATE message SET sequence = $2 WHERE id = (SELECT message_id FROM sent))
INSERT INTO outbox ({OUTBOX_COLUMNS}) SELECT {outbox_values(12)} FROM sent WHERE $11
"""
_SETTLE: Final = f"""
WITH settled AS (
    UPDATE delivery SET state = $7, due_at = now() + $8, last_reply = $6::text, fault = $11, claim = NULL,
        ask_at = now() + $10::interval, handed_over_at = CASE WHEN $9 THEN handed_over_at END
    WHERE id = $1 AND claim = $2 AND state = 'sending' RETURNING id, collectivity, {_MAIL}),
news AS ({_NEWS.format(done="settled", final="b.state = 'gathered' AND o.state = 'failed'")})
{_ATTEMPTED.format(done="settled")}
"""
# What was handed over stays in doubt, and out of this.
_RELEASE: Final = """
UPDATE delivery SET state = CASE attempts WHEN 0 THEN 'pending' ELSE 'retry' END, due_at = now() + $2, claim = NULL
WHERE claim = $1 AND state = 'sending' AND id = ANY($3)
"""
_SIMULATED: Final = """
UPDATE delivery SET state = 'delivered', sent_at = now(), delivered_at = now(), claim = NULL, last_reply = 'simulated',
    segments = $3, cost_millicents = 0
WHERE id = $1 AND claim = $2 AND state = 'sending'
"""
# What was never handed over begins and ends here.
_ENDED: Final = """
INSERT INTO delivery_attempt (id, delivery_id, collectivity, provider, began_at, ended_at, outcome, reply)
SELECT $1::uuid, id, collectivity, $3::text, now(), now(), $4::text, $5::text FROM delivery WHERE id = $2
ON CONFLICT (id) DO UPDATE SET ended_at = now(), outcome = excluded.outcome, reply = excluded.reply
"""
_AT_ONCE: Final = timedelta()


def told_row(event: Event) -> tuple[object, ...]:
    """Whether anybody is told of it, and its outbox row: that an account is in the register is not (decision 82)."""
    return event.data["template"] not in OWN_ENTRY, *outbox_row(event)


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A delivery in the hands of one worker, until its claim runs out.

    ``begun_at`` is when it could first go. ``doubtful`` is true when an earlier worker died, or lost the provider,
    between handing the content over and knowing whether it was taken; ``provider`` then is the one that may have it.
    ``address_doubts`` is how many changes of the person's address were told since it was asked for. ``unreachable`` is
    the fingerprint of an address of theirs that does not exist. ``simulated`` ones were sent by a test key, and reach
    no provider. The ``template`` of a mail that gathers several messages is ``digest``, and its words are its own.
    """

    id: UUID
    message_id: UUID
    channel: str
    target: UUID | None
    collectivity: str
    address: bytes
    address_doubts: int
    attempts: int
    traceparent: str | None
    useless_at: datetime | None
    begun_at: datetime
    doubtful: bool
    provider: str | None
    unreachable: bytes | None
    person: UUID
    template: str
    language: str
    subject: bytes
    body: bytes
    html: bytes | None
    sms: bytes | None
    voice: bytes | None
    spare: bytes | None
    link: str
    secret_link: bytes | None
    invitation: bytes | None
    reply_address: UUID | None
    sequence: int
    simulated: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt of a worker at a delivery, with that provider; with no provider nothing was attempted."""

    id: UUID
    delivery_id: UUID
    claim: UUID
    provider: str


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What the provider said when it took a delivery, and after which time it is asked what became of it."""

    reply: str
    reference: str | None = None
    segments: int | None = None
    cost_millicents: int | None = None
    ask_after: timedelta | None = None


def attempt_at(delivery: ClaimedDelivery, claim: UUID, provider: str = "") -> Attempt:
    """A new one."""
    return Attempt(uuid7(), delivery.id, claim, provider)


class Deliveries:
    """The deliveries of one channel: those that go to many alone (``bulk``), those that do not, or with None all."""

    def __init__(self, database: Database, channel: Channel, *, bulk: bool | None = None) -> None:
        self._bulk = bulk
        self._database = database
        self._pool = database.pool
        self._channel = channel

    async def claim(
        self, claim: UUID, limit: int, *, lease: timedelta, bulk: int = 1, lanes: int = 1
    ) -> list[ClaimedDelivery]:
        """The next due ones, for that long; then of what goes to many: ``bulk``, or one for each lane that is free."""
        rows = [] if self._bulk else await self._pool.fetch(_CLAIM, claim, lease, limit, self._channel, False)  # noqa: FBT003
        more = min(limit, lanes - len(rows) if rows else bulk)
        if more > 0 and self._bulk is not False:
            rows += await self._pool.fetch(_CLAIM, claim, lease, more, self._channel, True)  # noqa: FBT003
        return [ClaimedDelivery(**row) for row in rows]

    async def hand_over(self, attempt: Attempt, *, lease: timedelta, reference: str | None = None) -> bool:
        """Say that the content goes out now, for at most that long; False when the claim has run out.

        ``reference`` is the provider's name for it, where that is known before.
        """
        row = (attempt.delivery_id, attempt.claim, lease, attempt.id, attempt.provider, reference)
        async with self._database.hot.lend() as connection:
            return bool(await connection.fetchval(_HAND_OVER, *row))

    async def withdrawing(self, attempt: Attempt, *, lease: timedelta) -> bool:
        """Say that what was handed over is being taken back, before it is; False when the claim has run out."""
        return bool(await self._pool.fetchval(_WITHDRAWING, attempt.delivery_id, attempt.claim, lease))

    async def readdress(self, delivery: ClaimedDelivery, claim: UUID, address: bytes) -> bool:
        """Put the address in place that the person has now; False when it, or the claim, has had its time."""
        return bool(await self._pool.fetchval(_READDRESS, delivery.id, claim, address, delivery.address_doubts))

    async def retarget(self, delivery: ClaimedDelivery, claim: UUID, target: UUID, address: bytes) -> bool:
        """Have it go to another target; False when it was handed over, or its address or the claim has had its time."""
        return bool(await self._pool.fetchval(_RETARGET, delivery.id, claim, target, address))

    async def sent(self, attempt: Attempt, accepted: Acceptance, event: Event) -> None:
        """The provider took it: state and event in one statement, so that the doubt ends one round trip later.

        No event tells of the register.

        Whoever has sent some calls :meth:`announce`.
        """
        taken = (accepted.reply, accepted.reference, accepted.segments, accepted.cost_millicents, accepted.ask_after)
        what = (attempt.id, attempt.provider, AttemptOutcome.ACCEPTED)
        row = (attempt.delivery_id, event.sequence, *what, *taken, *told_row(event))
        async with self._database.hot.lend() as connection:
            await connection.execute(_SENT, *row)

    def announce(self) -> None:
        """Some were sent: wake whoever tells of it. Once for many, because each loop of the process then looks."""
        self._database.on_commit()

    async def retry(self, attempt: Attempt, pause: timedelta, reply: str, *, doubtful: bool = False) -> None:
        """Refused for now, or ``doubtful``: the answer to its content was lost, and it may go twice."""
        outcome = AttemptOutcome.UNANSWERED if doubtful else AttemptOutcome.DEFERRED
        await self._settle(attempt, SendingState.RETRY, outcome, reply, pause=pause, doubtful=doubtful)

    async def fail(self, attempt: Attempt, reply: str, fault: Fault) -> None:
        """Refused for good."""
        await self._settle(attempt, SendingState.FAILED, AttemptOutcome.REFUSED, reply, fault=fault)

    async def unknown(self, attempt: Attempt, reply: str, ask_after: timedelta) -> None:
        """It went out, and no answer came: the provider is asked after that time, and until then it goes nowhere."""
        outcome = AttemptOutcome.UNANSWERED
        await self._settle(attempt, SendingState.UNKNOWN, outcome, reply, doubtful=True, ask_after=ask_after)

    async def ended(self, attempt: Attempt, outcome: AttemptOutcome, reply: str) -> None:
        """That provider did not take it; the delivery goes on with the next."""
        await self._pool.execute(_ENDED, attempt.id, attempt.delivery_id, attempt.provider, outcome, reply)

    async def _settle(
        self,
        attempt: Attempt,
        state: SendingState,
        outcome: AttemptOutcome,
        reply: str,
        *,
        pause: timedelta = _AT_ONCE,
        doubtful: bool = False,
        ask_after: timedelta | None = None,
        fault: Fault | None = None,
    ) -> None:
        what = (attempt.id, attempt.provider, outcome, reply)
        row = (attempt.delivery_id, attempt.claim, *what, state, pause, doubtful, ask_after, fault)
        await self._pool.execute(_SETTLE, *row)

    async def dead(self, collectivity: str, channel: Channel, mark: bytes) -> bool:
        """Whether nothing arrives at that address."""
        return await dead_addresses.dead(self._pool, collectivity, channel, mark)

    async def revive(self, channel: Channel, mark: bytes) -> None:
        """That address has been confirmed anew: it is tried."""
        await dead_addresses.revive_one(self._pool, channel, mark)

    async def simulated(self, attempt: Attempt, *, segments: int | None) -> None:
        """Say of one that a test key sent that it has arrived."""
        await self._pool.execute(_SIMULATED, attempt.delivery_id, attempt.claim, segments)

    async def release(self, claim: UUID, ids: list[UUID], pause: timedelta) -> None:
        """Give back deliveries whose content was not handed over."""
        await self._pool.execute(_RELEASE, claim, pause, ids)
