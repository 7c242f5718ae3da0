# SPDX-License-Identifier: EUPL-1.2
"""A dead letter: a record of Kafka that a consumer can never handle, and what became of it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from parvis_kit.messaging.events import Record

_READABLE: Final = {
    "ce_collectivity": re.compile(r"[a-z][a-z0-9-]{1,31}"),
    "ce_type": re.compile(r"[a-z0-9.-]{1,200}"),
    "ce_id": re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
}


class LetterState(StrEnum):
    """Waiting for somebody, sent again, or discarded; the last two are final."""

    WAITING = "waiting"
    REDRIVEN = "redriven"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Letter:
    """One dead letter.

    Attributes:
        id: of the letter; a record that dies once more after it was sent again is another letter.
        number: place in the order of burial within one service.
        consumer: who cannot handle it.
        record: as it came, with the topic that it came from.
        reason: why; names what is wrong and shows no content.
        collectivity: whose event it is, None where that cannot be read.
        type: of the event, None likewise.
        event_id: of the event, None likewise.
        state: what became of it.
        buried_at: since when it is dead.
        mended: the data that it was sent again with, where they are others than those it came with.
        note: why it was discarded.
        settled_by: who sent it again or discarded it.
        settled_at: when.
    """

    id: UUID
    number: int
    consumer: str
    record: Record
    reason: str
    collectivity: str | None
    type: str | None
    event_id: UUID | None
    state: LetterState
    buried_at: datetime
    mended: bytes | None
    note: str | None
    settled_by: str | None
    settled_at: datetime | None

    @classmethod
    def of(cls, row: Any) -> "Letter":
        """The letter of a row."""
        headers = tuple((name, text.encode("latin-1")) for name, text in json.loads(row.headers))
        record = Record(row.topic, row.partition, row.position, row.key, row.value, headers)
        own = {name: getattr(row, name) for name in cls.__slots__ if name not in {"record", "state"}}
        return cls(record=record, state=LetterState(row.state), **own)


def packed(headers: tuple[tuple[str, bytes], ...]) -> bytes:
    """Headers of any content as JSON in ASCII."""
    return json.dumps([[name, text.decode("latin-1")] for name, text in headers]).encode()


def readable(record: Record) -> Mapping[str, str | None]:
    """What the headers say of the event, each where it is what it must be."""
    named = {name.lower(): text.decode("latin-1") for name, text in record.headers}
    found = {name: named.get(name, "") for name in _READABLE}
    return {name: text if _READABLE[name].fullmatch(text) else None for name, text in found.items()}
