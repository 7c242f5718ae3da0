# SPDX-License-Identifier: EUPL-1.2
"""Since when the oldest of what is not sent yet waits: one look into an index for each kind, however many wait."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from parvis_notifications.domain.delivery import SendingState
from parvis_notifications.domain.topic import Channel

_STATES: Final = (SendingState.PENDING, SendingState.RETRY)
# What waits for the end of the night, or for its day, waits from then on.
OLDEST: Final = """
SELECT c.channel, b.bulk, s.state, coalesce(greatest(extract(epoch FROM now() - (
    SELECT coalesce(d.not_before_at, d.created_at) FROM delivery d
    WHERE d.channel = c.channel AND d.bulk = b.bulk AND d.state = s.state AND d.state IN ('pending', 'retry')
    ORDER BY coalesce(d.not_before_at, d.created_at) LIMIT 1)), 0), 0)::float8 AS seconds
FROM unnest($1::text[]) AS c(channel), unnest($2::text[]) AS s(state), unnest(ARRAY[false, true]) AS b(bulk)
"""
_LETTERS: Final = """
SELECT collectivity, extract(epoch FROM now() - min(submitted_at))::float8 AS seconds
FROM mail_room_letter WHERE state = 'waiting' GROUP BY collectivity
"""


@dataclass(frozen=True, slots=True)
class Oldest:
    """The age in seconds of the oldest such delivery, 0 where none waits; ``bulk`` ones go after others."""

    channel: str
    bulk: bool
    state: str
    seconds: float


async def deliveries(pool: "asyncpg.Pool[Any]", channels: Collection[Channel] = tuple(Channel)) -> list[Oldest]:
    """By channel, by turn, and by whether they were tried."""
    return [Oldest(**row) for row in await pool.fetch(OLDEST, list(channels), list(_STATES))]


async def mail_room_letters(pool: "asyncpg.Pool[Any]") -> dict[str, float]:
    """Seconds since the oldest letter that a mail room has not posted was laid there, by collectivity."""
    return {row["collectivity"]: row["seconds"] for row in await pool.fetch(_LETTERS)}
