# SPDX-License-Identifier: EUPL-1.2
"""Whom a broadcast reaches: counted before it goes, and frozen by one statement when it does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db.broadcast_tables import Broadcast
from parvis_notifications.domain.broadcast import Lane
from parvis_notifications.domain.topic import Channel

_MEETING: Final = """
SELECT p.subscriber_id FROM broadcast_area a JOIN place p ON p.position <@ a.outline
WHERE a.broadcast_id = $1 AND p.collectivity = $2
UNION
SELECT p.subscriber_id FROM broadcast_area a JOIN place p ON p.outline && a.outline
WHERE a.broadcast_id = $1 AND p.collectivity = $2
UNION
SELECT r.subscriber_id FROM alert a JOIN recipient r ON r.broadcast_id = ANY(a.earlier) WHERE a.id = $1"""
# Who was told of the danger is told what became of it, wherever that is now.
# $3: an exercise reaches those alone who agreed to exercises. Who agreed to alerts is not asked for more.
_ALERT_EVERYWHERE: Final = """
SELECT s.id, s.language, s.email_mark, s.phone_mark, s.person, s.phone, s.line_mark, s.prefers_calls FROM subscriber s
WHERE s.collectivity = $2 AND s.state = 'active' AND s.emergency_at IS NOT NULL
AND (NOT $3::bool OR s.exercise_at IS NOT NULL)"""
_ALERT_AREA: Final = f"{_ALERT_EVERYWHERE} AND s.id IN ({_MEETING})"
# Who named no place is told of all news.
_NEWS: Final = """
SELECT s.id, coalesce(f.language, s.language) AS language, s.email_mark, s.phone_mark
FROM subscription n JOIN subscriber s ON s.id = n.subscriber_id
LEFT JOIN preference f ON f.collectivity = s.collectivity AND f.person = s.person
WHERE n.collectivity = $2 AND n.topic = $3 AND s.state = 'active' AND s.news_at IS NOT NULL"""
_NEWS_AREA: Final = f"""{_NEWS} AND (NOT EXISTS (SELECT 1 FROM place p WHERE p.subscriber_id = s.id)
OR EXISTS (SELECT 1 FROM place p JOIN broadcast_area a ON a.broadcast_id = $1 WHERE p.subscriber_id = s.id
    AND (p.position <@ a.outline OR p.outline && a.outline)))"""
# Of the channels in their order those that the deployment has: what nobody sends would stay open for ever. ``marks``
# are the person's addresses by these. $4: how long each waits for every one before it by which the person is reached.
# An address that two subscribers have, as an account and the register, is written to once,
# as the register: who does not answer is called on. The rows just made are joined with
# tables by their keys, and with no other result: the planner does not know how many there are, and would compare all
# with all.
_FREEZE: Final = """
WITH meant AS MATERIALIZED ({meant}), told AS (
    INSERT INTO recipient (broadcast_id, subscriber_id, collectivity, language)
    SELECT $1, id, $2, language FROM meant RETURNING number, subscriber_id)
INSERT INTO broadcast_delivery (recipient, channel, broadcast_id, collectivity, state, due_at)
SELECT DISTINCT ON (c.channel, c.mark) t.number, c.channel, $1, $2, 'pending',
    now() + cardinality(array_remove(({marks})[:c.turn - 1], NULL)) * $4::interval
FROM told t JOIN subscriber m ON m.id = t.subscriber_id {joined} {chosen}
CROSS JOIN LATERAL unnest({channels}, {marks}) WITH ORDINALITY AS c(channel, mark, turn)
WHERE c.mark IS NOT NULL {wanted}
ORDER BY c.channel, c.mark, m.kind <> 'register', t.number
"""
# Whoever was kept before fixed lines were known again has none of these: they are called by themselves.
_LINE: Final = "CASE WHEN m.phone IS NOT NULL THEN coalesce(m.line_mark, m.phone_mark, uuid_send(m.id)) END"
# Where all channels are used at once, nobody who reads the text message is called as well, unless they prefer that.
_CALLED: Final = "CASE WHEN m.phone_mark IS NULL OR m.prefers_calls THEN {line} END"
# The blind index of the subscriber ``m``'s address by each channel that goes to many.
# Browsers have one together, which is their person; $2 is the collectivity.
_BROWSER: Final = (
    "EXISTS (SELECT 1 FROM push_subscription b WHERE b.person = m.person AND b.collectivity = $2 AND NOT b.work)"
)
# Of those who go by a messenger alone is their address looked up: most broadcasts are frozen without.
_ROOMS: Final = (
    "LEFT JOIN chat_address h ON h.person = m.person AND h.collectivity = $2 AND h.confirmed_at IS NOT NULL"
    " AND h.left_at IS NULL"
)
_MARKS: Final = {
    Channel.EMAIL: "m.email_mark",
    Channel.SMS: "m.phone_mark",
    Channel.PUSH: f"CASE WHEN {_BROWSER} THEN uuid_send(m.person) END",
    Channel.VOICE: _LINE,
    Channel.CHAT: "h.mark",
}
_CHOSEN: Final = "JOIN subscription n ON n.subscriber_id = t.subscriber_id AND n.topic = $3"
_WANTED: Final = "AND c.channel = ANY(n.channels)"
# Put off before it is begun: whatever ends the attempt, be it the database itself, the next one is another's turn.
_READY: Final = """
UPDATE broadcast SET freeze_attempts = freeze_attempts + 1,
    freeze_after = now() + least(5 * 2 ^ least(freeze_attempts, 10), 3600) * interval '1 second'
WHERE id = (SELECT id FROM broadcast WHERE lane = $1 AND state = 'ready'
    AND (freeze_after IS NULL OR freeze_after <= now()) ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""
# It may have been written anew since, for a later time.
_HELD: Final = """
SELECT id, collectivity, topic, everywhere, channels, escalate_seconds, exercise FROM broadcast
WHERE id = $1 AND state = 'ready' AND publish_at <= now() FOR UPDATE SKIP LOCKED
"""
# As late as can be: who has read all until then has not read what nobody could see yet.
_FROZEN: Final = (
    "UPDATE broadcast SET state = 'sending', frozen_at = clock_timestamp(), version = version + 1 WHERE id = $1"
)
# Whether the subscriber ``m`` has a way by that channel; of push it counts people, not browsers.
_REACHED: Final = {
    Channel.EMAIL: "m.email_mark IS NOT NULL",
    Channel.SMS: "m.phone_mark IS NOT NULL",
    Channel.PUSH: _BROWSER,
    Channel.VOICE: "m.phone IS NOT NULL",
    Channel.CHAT: "h.mark IS NOT NULL",
}
_COUNT: Final = """
SELECT count(*) AS people, count(DISTINCT {email}) AS email, count(DISTINCT {sms}) AS sms,
    count(DISTINCT {push}) AS push, count(DISTINCT {voice}) AS voice, count(DISTINCT {chat}) AS chat,
    count(*) FILTER (WHERE NOT ({reached})) AS unreachable
FROM ({meant}) m {joined}
"""
# The same of news, of whose channels each has those that they chose; neither numbers that said STOP nor dead addresses.
_DEAD_ONE: Final = (
    "EXISTS (SELECT 1 FROM dead_address x WHERE x.mark = {mark} AND x.collectivity = :collectivity"
    " AND x.channel = '{channel}' AND x.dead_until > now())"
)
_SILENT: Final = (
    "EXISTS (SELECT 1 FROM text_stop t WHERE t.mark = m.phone_mark AND t.collectivity = :collectivity"
    " AND t.application = '' AND t.lifted_at IS NULL)"
)
_NEWS_MARKS: Final = {
    Channel.EMAIL: ("m.email_mark", f"NOT {_DEAD_ONE.format(mark='m.email_mark', channel=Channel.EMAIL)}"),
    Channel.SMS: (
        "m.phone_mark",
        f"NOT {_DEAD_ONE.format(mark='m.phone_mark', channel=Channel.SMS)} AND NOT {_SILENT}",
    ),
    Channel.PUSH: ("uuid_send(m.person)", _BROWSER.replace("$2", ":collectivity")),
    Channel.CHAT: ("h.mark", "h.mark IS NOT NULL"),
}
_COUNT_NEWS: Final = """
SELECT count(*) AS people, count(DISTINCT c.email) AS email, count(DISTINCT c.sms) AS sms,
    count(DISTINCT c.push) AS push, count(DISTINCT c.chat) AS chat,
    count(*) FILTER (WHERE coalesce(c.email, c.sms, c.push, c.chat) IS NULL) AS unreachable
FROM (SELECT {marks} FROM ({meant}) m {joined}) c
"""
# A hundred thousand rows take a few seconds; nobody waits behind them.
_FREEZE_SECONDS: Final = 120


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many people, how many addresses by each channel that it goes by, and how many who have none by these.

    Of push it counts people who have a browser told.
    """

    people: int
    email: int
    sms: int
    push: int
    voice: int
    chat: int
    unreachable: int


def _meant(lane: str, *, everywhere: bool) -> str:
    if lane == Lane.ALERT:
        return _ALERT_EVERYWHERE if everywhere else _ALERT_AREA
    return _NEWS if everywhere else _NEWS_AREA


async def next_ready(pool: "asyncpg.Pool[Any]", lane: Lane) -> UUID | None:
    """The next broadcast whose audience is to be frozen; None where none is.

    It is tried again, should that fail, after a while that grows to an hour: meanwhile the others have their turn.
    """
    ready: UUID | None = await pool.fetchval(_READY, lane)
    return ready


async def freeze(pool: "asyncpg.Pool[Any]", ready: UUID, lane: Lane, available: Callable[[str], Sequence[str]]) -> bool:
    """Freeze the audience of that broadcast, once, whoever else tries; False where it is not to be any more.

    It has a way by those channels alone that are ``available`` to its collectivity. What keeps it from being frozen is
    raised.
    """
    async with pool.acquire() as connection, connection.transaction():
        row = await connection.fetchrow(_HELD, ready)
        if row is None:
            return False
        await connection.execute(f"SET LOCAL statement_timeout = '{_FREEZE_SECONDS}s'")
        # Of tables just filled the planner knows nothing, takes an audience for one row, and would compare all with
        # all. What only a nested loop can join (places with areas) it still does.
        await connection.execute("SET LOCAL enable_nestloop = off")
        news = {"chosen": _CHOSEN, "wanted": _WANTED} if lane is Lane.NEWS else {"chosen": "", "wanted": ""}
        there = available(row["collectivity"])
        ways = [each for each in map(Channel, row["channels"]) if each in there and each in _MARKS]
        statement = _FREEZE.format(
            joined=_ROOMS if Channel.CHAT in ways else "",
            meant=_meant(lane, everywhere=row["everywhere"]),
            channels=f"'{{{','.join(ways)}}}'::text[]",
            marks=f"ARRAY[{', '.join(_mark(each, ways, row['escalate_seconds']) for each in ways)}]::bytea[]",
            **news,
        )
        narrowed = row["exercise"] if lane is Lane.ALERT else row["topic"]
        wait = timedelta(seconds=row["escalate_seconds"] or 0)
        await connection.execute(statement, row["id"], row["collectivity"], narrowed, wait, timeout=_FREEZE_SECONDS)
        await connection.execute(_FROZEN, row["id"])
        return True


def _mark(channel: Channel, ways: Sequence[Channel], escalate_seconds: int | None) -> str:
    at_once = channel is Channel.VOICE and Channel.SMS in ways and escalate_seconds is None
    return _CALLED.format(line=_LINE) if at_once else _MARKS[channel]


async def coverage(session: AsyncSession, alert: Broadcast, *, rooms: bool) -> Coverage:
    """Whom an alert would reach if it went now, by the channels that it goes by; by ``rooms`` where there are any."""
    ways, everywhere = [Channel(each) for each in alert.channels if rooms or each != Channel.CHAT], alert.everywhere
    marks = {each: _mark(each, ways, alert.escalate_seconds) if each in ways else "NULL::bytea" for each in _MARKS}
    statement = _COUNT.format(
        meant=_meant(Lane.ALERT, everywhere=everywhere),
        reached=" OR ".join(_REACHED[each] for each in ways if each in _REACHED) or "false",
        joined=_ROOMS if Channel.CHAT in ways else "",
        **marks,
    )
    for number, name in ((1, ":broadcast"), (2, ":collectivity"), (3, ":exercise")):
        statement = statement.replace(f"${number}", name)
    values = {"collectivity": alert.collectivity, "exercise": alert.exercise}
    values |= {} if everywhere else {"broadcast": alert.id}
    row = (await session.execute(text(statement.replace(":exercise::bool", "cast(:exercise AS bool)")), values)).one()
    return Coverage(row.people, row.email, row.sms, row.push, row.voice, row.chat, row.unreachable)


async def news_coverage(session: AsyncSession, item: Broadcast, available: Sequence[str]) -> Coverage:
    """Whom a piece of news would reach if it went now, by the ``available`` channels that they chose."""
    marks = ", ".join(
        f"CASE WHEN '{each}' = ANY(m.channels) AND {holds} THEN {mark} END AS {each}"
        if each in available
        else f"cast(NULL AS bytea) AS {each}"
        for each, (mark, holds) in _NEWS_MARKS.items()
    )
    told = _meant(Lane.NEWS, everywhere=item.everywhere).replace(
        "s.phone_mark\n", "s.phone_mark, s.person, n.channels\n"
    )
    statement = _COUNT_NEWS.format(marks=marks, meant=told, joined=_ROOMS if Channel.CHAT in available else "")
    for number, name in ((1, ":broadcast"), (2, ":collectivity"), (3, ":topic")):
        statement = statement.replace(f"${number}", name)
    values: dict[str, Any] = {"collectivity": item.collectivity, "topic": item.topic}
    values |= {} if item.everywhere else {"broadcast": item.id}
    row = (await session.execute(text(statement), values)).one()
    return Coverage(row.people, row.email, row.sms, row.push, 0, row.chat, row.unreachable)
