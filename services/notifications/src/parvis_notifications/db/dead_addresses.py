# SPDX-License-Identifier: EUPL-1.2
"""Addresses at which nothing arrives: counted for each, and forgotten once one was confirmed anew."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db.dead_address_tables import DeadAddress
from parvis_notifications.db.subscription_tables import Subscriber
from parvis_notifications.domain.dead_address import FAILURES, MEMORY, REST
from parvis_notifications.domain.topic import Channel

_FAILED: Final = text("""
WITH told AS (SELECT cast(:now AS timestamptz) AS now, cast(:surely AS boolean) AS surely,
    cast(:rest AS interval) AS rest, cast(:memory AS interval) AS memory, cast(:most AS int) AS most)
INSERT INTO dead_address AS d (mark, collectivity, channel, failures, status, told_at, dead_until)
SELECT :mark, :collectivity, :channel, 1, :status, now, CASE WHEN surely THEN now + rest END FROM told
ON CONFLICT (mark, collectivity, channel) DO UPDATE SET status = excluded.status, told_at = excluded.told_at,
    failures = CASE WHEN d.told_at < excluded.told_at - (SELECT memory FROM told) THEN 1
        ELSE least(d.failures + 1, 1000) END,
    dead_until = CASE WHEN excluded.dead_until IS NOT NULL THEN excluded.dead_until
        WHEN d.told_at >= excluded.told_at - (SELECT memory FROM told) AND d.failures + 1 >= (SELECT most FROM told)
        THEN excluded.told_at + (SELECT rest FROM told) ELSE d.dead_until END
""")
_REVIVE: Final = "DELETE FROM dead_address WHERE mark = $1 AND channel = $2"
_DEAD: Final = """
SELECT true FROM dead_address WHERE mark = $1 AND collectivity = $2 AND channel = $3 AND dead_until > now()
"""
# Of subscriptions those that have no other address at all: nobody of these is told of anything.
_FIGURES: Final = """
SELECT count(DISTINCT d.mark) AS addresses, count(s.id) AS subscribers,
    count(s.id) FILTER (WHERE s.{other} IS NULL) AS alone
FROM dead_address d LEFT JOIN subscriber s ON s.collectivity = d.collectivity AND s.{own} = d.mark
    AND s.{own} IS NOT NULL AND s.state = 'active'
WHERE d.collectivity = $1 AND d.channel = $2 AND d.dead_until > now()
"""
_COLUMNS: Final = {Channel.EMAIL: ("email_mark", "phone_mark"), Channel.SMS: ("phone_mark", "email_mark")}


@dataclass(frozen=True, slots=True)
class DeadFigure:
    """Of one channel: addresses, the subscribers that have them, and those of these who have no other."""

    channel: Channel
    addresses: int
    subscribers: int
    alone: int


@dataclass(frozen=True, slots=True)
class Failure:
    """What failed for good, where; ``surely`` where it was said that there is no such address."""

    collectivity: str
    channel: Channel
    mark: bytes
    status: str
    surely: bool


async def failed(session: AsyncSession, failure: Failure, now: datetime) -> None:
    """One more, in the caller's transaction, which knows that it is told once."""
    where = {"mark": failure.mark, "collectivity": failure.collectivity, "channel": failure.channel}
    how = {"status": failure.status, "surely": failure.surely, "now": now}
    await session.execute(_FAILED, where | how | {"rest": REST, "memory": MEMORY, "most": FAILURES})


async def dead(pool: "asyncpg.Pool[Any]", collectivity: str, channel: Channel, mark: bytes) -> bool:
    """Whether nothing that can be left off is to go there."""
    return bool(await pool.fetchval(_DEAD, mark, collectivity, channel))


async def among(
    session: AsyncSession, collectivity: str, channel: Channel, marks: Collection[bytes], now: datetime
) -> Sequence[DeadAddress]:
    """Those of these addresses that are dead now, the last one told first."""
    wanted = select(DeadAddress).where(DeadAddress.mark.in_(marks), DeadAddress.collectivity == collectivity)
    wanted = wanted.where(DeadAddress.channel == channel, DeadAddress.dead_until > now)
    return (await session.scalars(wanted.order_by(DeadAddress.told_at.desc()))).all() if marks else []


async def revive(session: AsyncSession, channel: Channel, marks: Collection[bytes]) -> None:
    """Their addresses have been confirmed anew: they are tried, in every collectivity."""
    if marks:
        gone = delete(DeadAddress).where(DeadAddress.mark.in_(marks), DeadAddress.channel == channel)
        await session.execute(gone.execution_options(synchronize_session=False))


async def revive_one(pool: "asyncpg.Pool[Any]", channel: Channel, mark: bytes) -> None:
    """The same of one address, at once."""
    await pool.execute(_REVIVE, mark, channel)


async def marks_of(session: AsyncSession, person: UUID, channel: Channel) -> Sequence[bytes]:
    """The addresses by which an account is told of news and alerts, in every collectivity."""
    column = Subscriber.email_mark if channel is Channel.EMAIL else Subscriber.phone_mark
    wanted = select(column).where(Subscriber.person == person, column.is_not(None)).distinct()
    return [mark for mark in (await session.scalars(wanted)).all() if mark is not None]


async def figures(pool: "asyncpg.Pool[Any]", collectivity: str) -> list[DeadFigure]:
    """How many there are, by channel."""
    found = []
    for channel, (own, other) in _COLUMNS.items():
        row = await pool.fetchrow(_FIGURES.format(own=own, other=other), collectivity, channel)
        found.append(DeadFigure(channel, **row))
    return found
