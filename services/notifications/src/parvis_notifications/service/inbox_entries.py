# SPDX-License-Identifier: EUPL-1.2
"""The whole inbox of a person: their messages, and the news and alerts that were for them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db import keyset
from parvis_notifications.db import inbox_entries, messages
from parvis_notifications.db.inbox_entries import Entry
from parvis_notifications.db.tables import Message
from parvis_notifications.domain.broadcast import Lane
from parvis_notifications.domain.reader import Reader
from parvis_notifications.service.inbox import OpenMessage, opened


class EntryKind(StrEnum):
    """What stands in an inbox."""

    MESSAGE = "message"
    NEWS = "news"
    ALERT = "alert"


_LANES: Final = {EntryKind.NEWS: Lane.NEWS, EntryKind.ALERT: Lane.ALERT}


@dataclass(frozen=True, slots=True)
class Unread:
    """How many of each kind are."""

    messages: int
    news: int
    alerts: int

    @property
    def whole(self) -> int:
        """All together."""
        return self.messages + self.news + self.alerts


async def list_entries(
    session: AsyncSession,
    reader: Reader,
    kinds: Collection[EntryKind],
    *,
    unread: bool,
    position: keyset.Position | None,
    limit: int,
    persons: PersonKeys,
) -> keyset.Slice[OpenMessage | Entry]:
    """One page, newest first; of an agent's inbox messages alone. Raises KeyDestroyedError once they were erased."""
    rows: list[Message | Entry] = []
    if EntryKind.MESSAGE in kinds:
        page = await messages.page(session, reader, unread=unread, position=position, limit=limit + 1)
        rows += page.rows
    lanes = _lanes(reader, kinds)
    if lanes:
        rows += await inbox_entries.page(session, reader, lanes, unread=unread, position=position, limit=limit)
    backward = position is not None and position.backward
    rows.sort(key=_place, reverse=not backward)
    found = keyset.cut(rows[: limit + 1], position, limit)
    key = await persons.of(reader.person)
    shown = [opened(row, key) if isinstance(row, Message) else row for row in found.rows]
    return keyset.Slice(shown, found.next, found.previous)


async def count_entries(session: AsyncSession, reader: Reader, kinds: Collection[EntryKind], *, unread: bool) -> int:
    """How many that list has in all."""
    told = 0 if EntryKind.MESSAGE not in kinds else await messages.count(session, reader, unread=unread)
    lanes = _lanes(reader, kinds)
    found = await inbox_entries.count(session, reader, unread=unread) if lanes else {}
    return told + sum(found.get(lane, 0) for lane in lanes)


async def count_unread(session: AsyncSession, reader: Reader) -> Unread:
    """How many of each kind nobody has read."""
    told = await messages.count(session, reader, unread=True)
    found = {} if reader.work else await inbox_entries.count(session, reader, unread=True)
    return Unread(told, found.get(Lane.NEWS, 0), found.get(Lane.ALERT, 0))


async def mark_entries(
    session: AsyncSession,
    reader: Reader,
    kinds: Collection[EntryKind],
    ids: Sequence[UUID] | None,
    until: datetime,
    *,
    read: bool,
    now: datetime,
) -> Unread:
    """Say of all up to that instant, or of these of them, that they were read or were not; what is none is left out."""
    read_at = now if read else None
    if EntryKind.MESSAGE in kinds:
        await messages.read_many(session, reader, ids, until, read_at)
    lanes = _lanes(reader, kinds)
    if lanes:
        await inbox_entries.read_many(session, reader, lanes, ids, until, read_at)
    return await count_unread(session, reader)


def _lanes(reader: Reader, kinds: Collection[EntryKind]) -> list[Lane]:
    return [] if reader.work else [lane for kind, lane in _LANES.items() if kind in kinds]


def _place(row: Any) -> tuple[datetime, UUID]:
    return row.created_at, row.id
