# SPDX-License-Identifier: EUPL-1.2
"""The outbox: events written in the transaction of the act that they tell, sent later by the relay."""

import json
from typing import Any, Final
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event

BUCKETS: Final = 16
_COLUMNS: Final = (
    "id", "topic", "aggregate_id", "sequence", "bucket", "type", "source", "subject", "collectivity", "occurred_at",
    "data", "traceparent",
)  # fmt: skip
_SAME: Final = ("id", "topic", "sequence", "type", "source", "subject", "collectivity", "traceparent")
_CASTS: Final = {"data": "::jsonb"}
OUTBOX_COLUMNS: Final = ", ".join(_COLUMNS)
_INSERT: Final = text(
    f"INSERT INTO outbox ({OUTBOX_COLUMNS}) VALUES ("
    + ", ".join(f"CAST(:{name} AS jsonb)" if name in _CASTS else f":{name}" for name in _COLUMNS)
    + ")"
)


def bucket_of(aggregate: UUID) -> int:
    """Which of the relays' shares an aggregate belongs to, 0 to 15: all its events are in one."""
    return aggregate.int % BUCKETS


def outbox_row(event: Event) -> tuple[Any, ...]:
    """The values of an outbox row, in the order of ``OUTBOX_COLUMNS``."""
    return (
        event.id, event.topic, event.key, event.sequence, bucket_of(event.key), event.type, event.source,
        event.subject, event.collectivity, event.time, to_json(event.data).decode(), event.traceparent,
    )  # fmt: skip


def event_of(row: Any) -> Event:
    """The event of an outbox row."""
    same = {name: row[name] for name in _SAME}
    return Event(key=row["aggregate_id"], time=row["occurred_at"], data=json.loads(row["data"]), **same)


def outbox_values(first: int) -> str:
    """The placeholders of one row for asyncpg, from ``$first`` on: for a service's own data-modifying statement."""
    return ", ".join(f"${first + place}{_CASTS.get(name, '')}" for place, name in enumerate(_COLUMNS))


async def add(session: AsyncSession, event: Event, *more: Event) -> None:
    """Write the events in the session's transaction, in one turn."""
    rows = [dict(zip(_COLUMNS, outbox_row(each), strict=True)) for each in (event, *more)]
    await session.execute(_INSERT, rows if more else rows[0])
