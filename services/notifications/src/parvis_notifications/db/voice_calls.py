# SPDX-License-Identifier: EUPL-1.2
"""Calls on their way: recorded before they are made, asked after, and told of once.

A recipient's way by voice is ``sent`` while a provider has a call to them, and then has an end of its time in
``due_at``: an alert is not done while somebody may have to be called again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db.broadcast_reports import SOONER

# Not where it was paused or cancelled meanwhile, nor by whom another took it from.
_BEGIN: Final = """
WITH going AS (
    UPDATE broadcast_delivery d SET handed_over_at = now(), attempts = attempts + 1, due_at = now() + $4,
        provider = $3::text
    WHERE d.recipient = $1 AND d.channel = 'voice' AND d.claim = $2 AND d.state = 'sending'
        AND EXISTS (SELECT 1 FROM broadcast b WHERE b.id = d.broadcast_id AND b.state = 'sending')
    RETURNING d.recipient, d.collectivity)
INSERT INTO voice_call (recipient, collectivity, provider, began_at)
SELECT recipient, collectivity, $3::text, now() FROM going RETURNING number
"""
_REFUSED: Final = "UPDATE voice_call SET ended_at = now(), status = $2 WHERE number = $1 AND ended_at IS NULL"
# Whoever holds the claim: the provider has it, and the sooner that is known the better.
_TAKEN: Final = """
WITH call AS (
    UPDATE voice_call SET reference = $2, status = coalesce(status, $3)
    WHERE number = $1 AND (reference IS NULL OR reference = $2) RETURNING recipient, provider)
UPDATE broadcast_delivery d SET state = 'sent', provider = call.provider, provider_reference = $2, last_reply = $3,
    sent_at = now(), ask_at = now() + $4, due_at = now() + $5, claim = NULL
FROM call WHERE d.recipient = call.recipient AND d.channel = 'voice' AND d.state IN ('sending', 'unknown')
"""
_OPEN: Final = """
SELECT number, provider, reference, began_at FROM voice_call
WHERE recipient = $1 AND ended_at IS NULL ORDER BY number DESC LIMIT 1
"""
_KNOWN: Final = "SELECT reference FROM voice_call WHERE provider = $1 AND reference = ANY($2)"
_CLAIM: Final = """
WITH due AS (
    SELECT recipient, channel FROM broadcast_delivery WHERE ask_at <= now() AND channel = 'voice'
    ORDER BY ask_at LIMIT $1 FOR UPDATE SKIP LOCKED),
asked AS (
    UPDATE broadcast_delivery d SET ask_at = now() + $2 FROM due
    WHERE d.recipient = due.recipient AND d.channel = due.channel
    RETURNING d.recipient, d.provider, d.provider_reference, d.collectivity, coalesce(d.sent_at, now()) AS since)
SELECT a.recipient, a.provider, a.provider_reference AS reference, a.collectivity, a.since, v.number
FROM asked a JOIN voice_call v ON v.provider = a.provider AND v.reference = a.provider_reference
"""
# A call ends once, whoever says so and how often; $5 is where its recipient stands then, unless there were fewer than
# $7 calls, and they are called again. Whoever pressed a key was reached, whatever the provider took them for.
_ENDED: Final = f"""
WITH call AS (
    UPDATE voice_call SET ended_at = now(), status = $2, minutes = $3, cost_millicents = $4
    WHERE number = $1 AND ended_at IS NULL RETURNING recipient, reference, key),
made AS (
    SELECT call.key IS NULL AND count(v.reference) < $7 AS again,
        CASE WHEN call.key IS NULL THEN $5 ELSE 'delivered' END AS state
    FROM call JOIN voice_call v ON v.recipient = call.recipient GROUP BY call.key),
told AS (
    UPDATE broadcast_delivery d SET report_status = $2, ask_at = NULL,
        state = CASE WHEN made.again THEN 'retry' ELSE made.state END,
        due_at = CASE WHEN made.again THEN now() + $6::interval ELSE 'infinity' END,
        handed_over_at = CASE WHEN made.again THEN NULL ELSE d.handed_over_at END,
        provider_reference = CASE WHEN made.again THEN NULL ELSE d.provider_reference END,
        delivered_at = CASE WHEN NOT made.again AND made.state = 'delivered' THEN now() END,
        bounced_at = CASE WHEN NOT made.again AND made.state = 'bounced' THEN now() END,
        segments = coalesce(d.segments, 0) + $3, cost_millicents = coalesce(d.cost_millicents, 0) + $4
    FROM call, made WHERE d.recipient = call.recipient AND d.channel = 'voice' AND d.state = 'sent'
        AND d.provider_reference = call.reference
    RETURNING d.recipient, d.state),
next AS ({SOONER.format(recipients="SELECT recipient FROM told WHERE state = 'bounced'", channel="'voice'")})
SELECT true FROM call
"""
_LATER: Final = """
UPDATE broadcast_delivery SET ask_at = now() + $2,
    due_at = CASE WHEN $2::interval IS NULL THEN 'infinity' ELSE due_at END
WHERE recipient = $1 AND channel = 'voice' AND state = 'sent' AND provider_reference = $3
"""
# What is brought makes us ask: it is believed of nothing else. It may be of a call before this one.
_NAMED: Final = """
reference = CASE WHEN reference IS NULL AND NOT EXISTS (
    SELECT 1 FROM voice_call o WHERE o.provider = :provider AND o.reference = :reference) THEN :reference
    ELSE reference END"""
_LOOK: Final = text(f"""
WITH call AS (
    UPDATE voice_call SET {_NAMED} WHERE number = :number AND provider = :provider
    RETURNING recipient, delivery_id, reference),
person AS (
    UPDATE delivery d SET ask_at = now() FROM call
    WHERE d.id = call.delivery_id AND d.state IN ('sent', 'unknown')
        AND coalesce(d.provider_reference, call.reference) = call.reference)
UPDATE broadcast_delivery d SET ask_at = CASE WHEN d.state = 'sent' THEN now() ELSE d.ask_at END,
    due_at = CASE WHEN d.state = 'unknown' THEN now() ELSE d.due_at END
FROM call WHERE d.recipient = call.recipient AND d.channel = 'voice' AND d.state IN ('sent', 'unknown')
    AND coalesce(d.provider_reference, call.reference) = call.reference
""")
_KEYED: Final = text(f"""
UPDATE voice_call SET key = :key, {_NAMED}
WHERE number = :number AND provider = :provider AND key IS DISTINCT FROM :key RETURNING recipient, delivery_id
""")
_GOES_TO: Final = text("""
SELECT recipient, delivery_id FROM voice_call WHERE number = :number AND provider = :provider
""")


@dataclass(frozen=True, slots=True)
class OpenCall:
    """The last call to somebody, of which no end is known; without a ``reference`` the provider may not have it."""

    number: int
    provider: str
    reference: str | None
    began_at: datetime


@dataclass(frozen=True, slots=True)
class AskingCall:
    """A call that its provider is asked about; ``since`` is when it was taken."""

    number: int
    recipient: int
    provider: str
    reference: str
    collectivity: str
    since: datetime


@dataclass(frozen=True, slots=True)
class EndedCall:
    """What became of one: ``state`` is where its recipient stands, unless they are called again after ``pause``."""

    number: int
    state: str
    status: str
    minutes: int
    cost_millicents: int
    most: int = 0
    pause: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class CalledFor:
    """What a call is of: a recipient of an alert, or the delivery of a message."""

    recipient: int | None
    delivery_id: UUID | None


class VoiceCalls:
    """All of them."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def begin(self, recipient: int, claim: UUID, provider: str, lease: timedelta) -> int | None:
        """Say that a call goes to that provider now: its number; None where it may not."""
        number: int | None = await self._pool.fetchval(_BEGIN, recipient, claim, provider, lease)
        return number

    async def refused(self, number: int, reply: str) -> None:
        """The provider did not take it, or never had it."""
        await self._pool.execute(_REFUSED, number, reply)

    async def taken(self, number: int, reference: str, status: str, ask_after: timedelta, longest: timedelta) -> None:
        """The provider has it, by that name; it is asked after that time, and for no longer than the other."""
        await self._pool.execute(_TAKEN, number, reference, status, ask_after, longest)

    async def open_of(self, recipient: int) -> OpenCall | None:
        """The call whose end is not known."""
        row = await self._pool.fetchrow(_OPEN, recipient)
        return OpenCall(**row) if row else None

    async def known(self, provider: str, references: Collection[str]) -> set[str]:
        """Those of the provider's calls that are ones of ours."""
        return {row[0] for row in await self._pool.fetch(_KNOWN, provider, list(references))}

    async def asking(self, limit: int, lease: timedelta) -> Sequence[AskingCall]:
        """The next ones to ask about; for that long nobody else does."""
        return [AskingCall(**row) for row in await self._pool.fetch(_CLAIM, limit, lease)]

    async def ended(self, end: EndedCall) -> bool:
        """Keep what became of a call, once; False where that was known."""
        return await self._end(_ENDED, end)

    async def _end(self, statement: str, end: EndedCall) -> bool:
        row = (end.number, end.status, end.minutes, end.cost_millicents, end.state, end.pause, end.most)
        return bool(await self._pool.fetchval(statement, *row))

    async def later(self, asking: AskingCall, pause: timedelta | None) -> None:
        """Ask again after that time; or no more, and what was known stays."""
        await self._pool.execute(_LATER, asking.recipient, pause, asking.reference)


async def look(session: AsyncSession, number: int, provider: str, reference: str) -> None:
    """Something was told of a call, which that provider has by that name: it is asked at once."""
    await session.execute(_LOOK, {"number": number, "provider": provider, "reference": reference})


async def keyed(session: AsyncSession, number: int, provider: str, reference: str, key: str) -> CalledFor | None:
    """Keep which key was pressed: whom the call is for; None where that was known, or there is no such call."""
    row = {"number": number, "provider": provider, "reference": reference, "key": key}
    found = (await session.execute(_KEYED, row)).one_or_none()
    return CalledFor(*found) if found else None


async def goes_to(session: AsyncSession, number: int, provider: str) -> CalledFor | None:
    """Whom a call of that provider's is for; None where there is none."""
    found = (await session.execute(_GOES_TO, {"number": number, "provider": provider})).one_or_none()
    return CalledFor(*found) if found else None
