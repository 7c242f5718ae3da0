# SPDX-License-Identifier: EUPL-1.2
"""E-mail deliveries on their way: one statement and one round trip for each step, because a mail must go once.

The states: ``pending`` → ``sending`` (claimed) → ``sent``, ``failed`` or ``retry``, and again ``sending``; what was
sent may yet be ``bounced`` (``db/bounces.py``). A claim runs out, so that the mails of a worker that died are taken up
again; whoever was slow finds its claim gone at :meth:`EmailDeliveries.hand_over`, before the mail's content goes out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_kit.messaging.events import Event
from parvis_kit.messaging.outbox import OUTBOX_COLUMNS, outbox_row, outbox_values

_CLAIM: Final = """
WITH due AS (
    SELECT id FROM email_delivery WHERE state IN ('pending', 'retry', 'sending') AND due_at <= now()
    ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
UPDATE email_delivery d SET state = 'sending', claim = $1, due_at = now() + $2
FROM due, message m WHERE d.id = due.id AND m.id = d.message_id
RETURNING d.id, d.message_id, d.collectivity, d.address, d.address_doubts, d.attempts, d.traceparent,
    coalesce(d.not_before_at, d.created_at) AS begun_at,
    d.handed_over_at IS NOT NULL AS doubtful,
    (SELECT u.fingerprint FROM unreachable_address u
     WHERE u.person = m.person AND u.collectivity = d.collectivity AND u.channel = 'email') AS unreachable,
    m.person, m.template, m.language, m.subject, m.body, m.link, m.secret_link, m.sequence
"""
_HAND_OVER: Final = """
UPDATE email_delivery SET handed_over_at = now(), attempts = attempts + 1, due_at = now() + $3
WHERE id = $1 AND claim = $2 AND state = 'sending' AND address_doubts = 0 RETURNING true
"""
# The person's mails that are not out yet; the condition on the state is that of an index, and few rows fit it.
_DOUBT: Final = text(
    "UPDATE email_delivery d SET address_doubts = address_doubts + 1 FROM message m"
    " WHERE m.id = d.message_id AND m.person = :person AND d.state IN ('pending', 'retry', 'sending')"
)
# Not where another change was told meanwhile: the address may be one that is not the person's any more.
_READDRESS: Final = """
UPDATE email_delivery SET address = $3, address_doubts = 0
WHERE id = $1 AND claim = $2 AND state = 'sending' AND address_doubts = $4 RETURNING true
"""
# Whoever holds the claim: the relay has the mail, and the sooner that is known the better. It may be back already.
_SENT: Final = f"""
WITH sent AS (
    UPDATE email_delivery SET state = CASE WHEN bounced_at IS NULL THEN 'sent' ELSE state END, sent_at = now(),
        claim = NULL, last_reply = $2
    WHERE id = $1 AND sent_at IS NULL RETURNING message_id),
told AS (UPDATE message SET sequence = $3 WHERE id = (SELECT message_id FROM sent))
INSERT INTO outbox ({OUTBOX_COLUMNS}) SELECT {outbox_values(4)} FROM sent
"""
_SETTLE: Final = """
UPDATE email_delivery SET state = $3, due_at = now() + $4, last_reply = $5, claim = NULL,
    handed_over_at = CASE WHEN $6 THEN handed_over_at END
WHERE id = $1 AND claim = $2 AND state = 'sending'
"""
# What was handed over stays in doubt, and out of this.
_RELEASE: Final = """
UPDATE email_delivery SET state = CASE attempts WHEN 0 THEN 'pending' ELSE 'retry' END, due_at = now() + $2,
    claim = NULL
WHERE claim = $1 AND state = 'sending' AND id = ANY($3)
"""


@dataclass(frozen=True, slots=True)
class ClaimedEmail:
    """A mail in the hands of one worker, until its claim runs out.

    ``begun_at`` is when it could first go. ``doubtful`` is true when an earlier worker died, or lost the relay, between
    handing the content over and knowing whether it was taken. ``address_doubts`` is how many changes of the person's
    address were told since it was asked for. ``unreachable`` is the fingerprint of an address of theirs that does not
    exist.
    """

    id: UUID
    message_id: UUID
    collectivity: str
    address: bytes
    address_doubts: int
    attempts: int
    traceparent: str | None
    begun_at: datetime
    doubtful: bool
    unreachable: bytes | None
    person: UUID
    template: str
    language: str
    subject: bytes
    body: bytes
    link: str
    secret_link: bytes | None
    sequence: int


async def doubt_address(session: AsyncSession, person: UUID) -> None:
    """The person's address has changed: none of their mails goes out before it was asked for again."""
    await session.execute(_DOUBT, {"person": person})


class EmailDeliveries:
    """The mails of this service."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pool = database.pool

    async def claim(self, claim: UUID, limit: int, *, lease: timedelta) -> list[ClaimedEmail]:
        """The next due mails, for that long."""
        return [ClaimedEmail(**row) for row in await self._pool.fetch(_CLAIM, claim, lease, limit)]

    async def hand_over(self, delivery_id: UUID, claim: UUID, *, lease: timedelta) -> bool:
        """Say that the content goes out now, for at most that long; False when the claim has run out."""
        return bool(await self._pool.fetchval(_HAND_OVER, delivery_id, claim, lease))

    async def readdress(self, mail: ClaimedEmail, claim: UUID, address: bytes) -> bool:
        """Put the address in place that the person has now; False when it, or the claim, has had its time."""
        return bool(await self._pool.fetchval(_READDRESS, mail.id, claim, address, mail.address_doubts))

    async def sent(self, delivery_id: UUID, reply: str, event: Event) -> None:
        """The relay took it: state and event in one statement, so that the doubt ends one round trip later."""
        await self._pool.execute(_SENT, delivery_id, reply, event.sequence, *outbox_row(event))
        self._database.on_commit()

    async def retry(
        self, delivery_id: UUID, claim: UUID, pause: timedelta, reply: str, *, doubtful: bool = False
    ) -> None:
        """Refused for now, or ``doubtful``: the answer to its content was lost."""
        await self._pool.execute(_SETTLE, delivery_id, claim, "retry", pause, reply, doubtful)

    async def fail(self, delivery_id: UUID, claim: UUID, reply: str) -> None:
        """Refused for good."""
        await self._pool.execute(_SETTLE, delivery_id, claim, "failed", timedelta(), reply, False)  # noqa: FBT003 - SQL

    async def release(self, claim: UUID, ids: list[UUID], pause: timedelta) -> None:
        """Give back mails whose content was not handed over."""
        await self._pool.execute(_RELEASE, claim, pause, ids)
