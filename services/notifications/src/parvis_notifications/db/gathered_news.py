# SPDX-License-Identifier: EUPL-1.2
"""News in mails that gather several: held with the digest in which they go, and told what became of its mail."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_notifications.db.broadcast_tables import BroadcastDelivery
from parvis_notifications.db.digest_tables import Digest
from parvis_notifications.db.merged_accounts import LOCK
from parvis_notifications.domain.broadcast import BroadcastState, PartState

# Beside other gatherers, and behind a merge of accounts: what it moves is all there.
_STANDING: Final = f"SELECT pg_advisory_xact_lock_shared(hashtextextended('{LOCK}', 0))"
# Of several workers each takes the people in the same order.
_GATHER: Final = """
WITH given AS (
    SELECT x.recipient, coalesce(m.into_person, x.person) AS person, x.goes_at, x.fresh
    FROM unnest($3::bigint[], $4::uuid[], $5::timestamptz[], $6::uuid[]) AS x(recipient, person, goes_at, fresh)
    LEFT JOIN merged_account m ON m.person = x.person),
joined AS (
    INSERT INTO digest (id, collectivity, person, work, due_at, look_at, created_at)
    SELECT DISTINCT ON (person, goes_at) fresh, $2, person, false, goes_at, goes_at, now() FROM given
    ORDER BY person, goes_at
    ON CONFLICT (person, collectivity, work, due_at) WHERE closed_at IS NULL DO UPDATE SET due_at = excluded.due_at
    RETURNING id, person, due_at)
UPDATE broadcast_delivery d SET state = 'gathered', digest_id = j.id, due_at = 'infinity', claim = NULL,
    last_reply = 'digest'
FROM given g JOIN joined j ON j.person = g.person AND j.due_at = g.goes_at
WHERE d.recipient = g.recipient AND d.channel = 'email' AND d.claim = $1 AND d.state = 'sending'
"""
# As the person of the digest chose by now, whose account may have taken the place of the one that subscribed.
_INSIDE: Final = text("""
SELECT d.recipient, b.id, b.state, b.topic, b.texts, b.link,
    s.news_at IS NOT NULL AND 'email' = ANY(n.channels) AS wanted
FROM digest g JOIN broadcast_delivery d ON d.digest_id = g.id AND d.state = 'gathered'
JOIN broadcast b ON b.id = d.broadcast_id
LEFT JOIN subscriber s ON s.collectivity = g.collectivity AND s.person = g.person
LEFT JOIN subscription n ON n.subscriber_id = s.id AND n.topic = b.topic
WHERE g.id = :digest ORDER BY b.publish_at, b.id
""")
# What was left off before the mail was made is in it no more.
_TOLD: Final = text("""
SELECT DISTINCT ON (b.topic) b.topic, t.label FROM broadcast_delivery d JOIN broadcast b ON b.id = d.broadcast_id
LEFT JOIN news_topic t ON t.collectivity = b.collectivity AND t.code = b.topic
WHERE d.digest_id = :digest AND d.state <> 'skipped' ORDER BY b.topic
""")
# Whoever closes a digest says what becomes of the news in it, in the same transaction; a worker from before they were
# gathered knew of none.
_LEFT_BEHIND: Final = """
UPDATE broadcast_delivery d SET state = 'pending', last_reply = NULL, digest_id = NULL, due_at = now()
FROM digest g WHERE d.state = 'gathered' AND g.id = d.digest_id AND g.closed_at IS NOT NULL AND g.delivery_id IS NULL
"""
_FORGET: Final = "DELETE FROM digest WHERE person = ANY($1) RETURNING id"
_END: Final = (
    "UPDATE broadcast_delivery SET state = 'failed', last_reply = 'no-address' WHERE state = 'gathered'"
    " AND digest_id = ANY($1)"
)


@dataclass(frozen=True, slots=True)
class Gathering:
    """One recipient of a piece of news whose mail goes with others to that account at that time."""

    recipient: int
    person: UUID
    goes_at: datetime


@dataclass(frozen=True, slots=True)
class Inside:
    """A piece of news in a digest, for one recipient; ``texts`` has a subject and a body by language."""

    recipient: int
    broadcast: UUID
    state: BroadcastState
    topic: str
    texts: dict[str, dict[str, str]]
    link: str | None
    wanted: bool


async def gather(pool: "asyncpg.Pool[Any]", claim: UUID, collectivity: str, gathered: Sequence[Gathering]) -> None:
    """Have these wait for the mails in which they go, made where there is none; one transaction."""
    columns = (
        [each.recipient for each in gathered],
        [each.person for each in gathered],
        [each.goes_at for each in gathered],
        [uuid7() for _ in gathered],
    )
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(_STANDING)
        await connection.execute(_GATHER, claim, collectivity, *columns)


async def inside(session: AsyncSession, digest_id: UUID) -> list[Inside]:
    """The news that wait for the mail of a digest, the first published first."""
    found = await session.execute(_INSIDE, {"digest": digest_id})
    return [
        Inside(
            row.recipient,
            row.id,
            BroadcastState(row.state),
            row.topic,
            json.loads(row.texts) if isinstance(row.texts, str) else row.texts,
            row.link,
            bool(row.wanted),
        )
        for row in found
    ]


async def settle(
    session: AsyncSession, digest_id: UUID, state: PartState, reply: str, recipients: Collection[int] | None = None
) -> None:
    """They do not go by its mail: those of these recipients, or all."""
    mine = (BroadcastDelivery.digest_id == digest_id, BroadcastDelivery.state == PartState.GATHERED.value)
    gone = update(BroadcastDelivery).where(*mine)
    if recipients is not None:
        gone = gone.where(BroadcastDelivery.recipient.in_(list(recipients)))
    await session.execute(gone.values(state=state, last_reply=reply).execution_options(synchronize_session=False))


async def put_back(session: AsyncSession, digest_id: UUID, recipients: Collection[int]) -> None:
    """They wait as if they had not been looked at: what was paused goes on later, what was cancelled never."""
    mine = update(BroadcastDelivery).where(
        BroadcastDelivery.digest_id == digest_id, BroadcastDelivery.recipient.in_(list(recipients))
    )
    again = mine.values(state=PartState.PENDING, last_reply=None, digest_id=None, due_at=text("now()"))
    await session.execute(again.execution_options(synchronize_session=False))


async def free_left_behind(pool: "asyncpg.Pool[Any]") -> int:
    """What was left in a digest that was closed without them, and without a mail, waits anew; returns how many."""
    return int((await pool.execute(_LEFT_BEHIND)).rpartition(" ")[2])


async def topics_told(session: AsyncSession, digest_id: UUID) -> dict[str, dict[str, str]]:
    """Of which topics of the town a digest told, by their codes: their labels by language."""
    return {row.topic: row.label or {} for row in await session.execute(_TOLD, {"digest": digest_id})}


async def goes_at(session: AsyncSession, digest_id: UUID | None) -> datetime | None:
    """When a digest goes; None where it is none."""
    return await session.scalar(select(Digest.due_at).where(Digest.id == digest_id)) if digest_id else None


async def pour(session: AsyncSession, digest_id: UUID, into: UUID) -> None:
    """All that is in the one goes with the other."""
    moved = update(BroadcastDelivery).where(BroadcastDelivery.digest_id == digest_id).values(digest_id=into)
    await session.execute(moved.execution_options(synchronize_session=False))


async def forget(pool: "asyncpg.Pool[Any]", people: Collection[UUID]) -> int:
    """Of people who were erased nothing waits any more, and no digest is kept; returns how many of these went."""
    async with pool.acquire() as connection, connection.transaction():
        # It waits for whoever gathers news in one of them, which a statement that began before would not see.
        gone = [row["id"] for row in await connection.fetch(_FORGET, list(people))]
        await connection.execute(_END, gone)
    return len(gone)
