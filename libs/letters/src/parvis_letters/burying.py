# SPDX-License-Identifier: EUPL-1.2
"""Burying: a consumer writes down what it can never handle, in the transaction in which it lets go of it."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_kit.messaging.events import Record
from parvis_letters.letter import LetterState, packed, readable
from parvis_letters.tables import LETTERS

_LONGEST_REASON: Final = 500
_IDENTITY: Final[dict[str, Any]] = {
    "index_elements": ["consumer", "topic", "digest"],
    "index_where": text("position >= 0"),  # as text: PostgreSQL finds no partial index by a parameter
}


async def bury(session: AsyncSession, consumer: str, record: Record, reason: str) -> None:
    """Keep the record as it is; one that was read or sent before, and is a letter already, stays that one letter."""
    headers, said = packed(record.headers), readable(record)
    letter = {
        "id": uuid7(),
        "consumer": consumer,
        "topic": record.topic,
        "partition": record.partition,
        "position": record.position,
        "digest": sha256(b"\n".join((headers, record.key, record.value))).digest(),
        "key": record.key,
        "value": record.value,
        "headers": headers,
        "reason": reason[:_LONGEST_REASON].encode("ascii", "backslashreplace").decode().replace("\0", " "),
        "collectivity": said["ce_collectivity"],
        "type": said["ce_type"],
        "event_id": said["ce_id"],
        "state": LetterState.WAITING,
        "buried_at": datetime.now(UTC),
    }
    await session.execute(insert(LETTERS).values(letter).on_conflict_do_nothing(**_IDENTITY))
