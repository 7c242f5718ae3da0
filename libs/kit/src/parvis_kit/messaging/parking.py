# SPDX-License-Identifier: EUPL-1.2
"""Events whose handler failed for now: kept in the database with all later ones of their aggregate, tried again."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Record

MAX_ATTEMPTS: Final = 24
_FIRST_SECONDS: Final = 1.0
_LONGEST_SECONDS: Final = 3_600.0


@dataclass(frozen=True, slots=True)
class Parked:
    """A parked record and how often its handler has failed."""

    record: Record
    attempts: int


_WAITING = text(
    "SELECT DISTINCT key FROM parked_event WHERE consumer = :consumer AND topic = :topic"
    " AND key = ANY(CAST(:keys AS bytea[]))"
)
_PARK = text(
    "INSERT INTO parked_event"
    " (consumer, topic, partition, position, key, value, headers, reason, attempts, next_attempt_at)"
    " VALUES (:consumer, :topic, :partition, :position, :key, :value, CAST(:headers AS jsonb), :reason, :attempts,"
    " now() + CAST(:pause AS interval)) ON CONFLICT DO NOTHING"
)
# Only the first of each aggregate may be tried: its order is kept.
_DUE = text(
    "SELECT * FROM parked_event p WHERE consumer = :consumer AND next_attempt_at <= now() AND NOT EXISTS ("
    " SELECT 1 FROM parked_event e WHERE e.consumer = p.consumer AND e.topic = p.topic AND e.key = p.key"
    " AND e.position < p.position) ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED"
)
_IDENTITY = "consumer = :consumer AND topic = :topic AND partition = :partition AND position = :position"
_FORGET = text(f"DELETE FROM parked_event WHERE {_IDENTITY}")
_AGAIN = text(
    "UPDATE parked_event SET attempts = :attempts, reason = :reason, next_attempt_at = now() + CAST(:pause AS interval)"
    f" WHERE {_IDENTITY}"
)


class Parking:
    """The parked records of one consumer."""

    def __init__(self, consumer: str) -> None:
        self._consumer = consumer

    async def waiting(self, session: AsyncSession, records: Sequence[Record]) -> set[bytes]:
        """The keys of these records, all of one topic, of which earlier events wait: theirs must wait behind them."""
        values = {"consumer": self._consumer, "topic": records[0].topic, "keys": [record.key for record in records]}
        return {bytes(key) for key in await session.scalars(_WAITING, values)}

    async def park(self, session: AsyncSession, record: Record, reason: str, *, failed: bool) -> None:
        """Keep the record; one that failed is tried after a pause, one that waits behind another at once after it."""
        headers = json.dumps([[name, value.decode("latin-1")] for name, value in record.headers])
        content = {"key": record.key, "value": record.value, "headers": headers, "reason": reason}
        values = content | {"attempts": int(failed), "pause": pause(int(failed))}
        await session.execute(_PARK, self._identity(record) | values)

    async def due(self, session: AsyncSession) -> Parked | None:
        """The next record to try, locked until the transaction ends."""
        row = (await session.execute(_DUE, {"consumer": self._consumer})).mappings().one_or_none()
        if row is None:
            return None
        headers = tuple((name, value.encode("latin-1")) for name, value in row["headers"])
        place = row["topic"], row["partition"], row["position"]
        return Parked(Record(*place, bytes(row["key"]), bytes(row["value"]), headers), row["attempts"])

    async def forget(self, session: AsyncSession, record: Record) -> None:
        """The record was handled, or went to the dead letters."""
        await session.execute(_FORGET, self._identity(record))

    async def again(self, session: AsyncSession, parked: Parked, reason: str) -> None:
        """It failed once more: try later."""
        attempts = parked.attempts + 1
        values = {"attempts": attempts, "reason": reason, "pause": pause(attempts)}
        await session.execute(_AGAIN, self._identity(parked.record) | values)

    def _identity(self, record: Record) -> dict[str, Any]:
        place = {"topic": record.topic, "partition": record.partition, "position": record.position}
        return {"consumer": self._consumer, **place}


def pause(attempts: int) -> timedelta:
    """Full jitter over a doubling bound, an hour at most; none before the first attempt."""
    if attempts == 0:
        return timedelta()
    bound = min(_FIRST_SECONDS * 2 ** (attempts - 1), _LONGEST_SECONDS)
    return timedelta(seconds=random.uniform(bound / 4, bound))  # noqa: S311 - spreads load, keeps no secret
