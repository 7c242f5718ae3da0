# SPDX-License-Identifier: EUPL-1.2
"""Somebody follows their inbox: what came since they looked last, then each message as it comes."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_notifications.db import inbox_entries, inbox_positions, messages, open_alerts
from parvis_notifications.db.inbox_entries import Entry
from parvis_notifications.domain.reader import Reader
from parvis_notifications.service.answer_alert import Received
from parvis_notifications.service.inbox import OpenMessage, opened
from parvis_notifications.service.inbox_entries import Unread, count_unread
from parvis_notifications.service.inbox_feed import InboxFeed

_BATCH: Final = 50


@dataclass(frozen=True, slots=True)
class News:
    """New messages, oldest first; how far the inbox has come with them, and how much of it is unread.

    ``alerts`` are those that hold and of which the reader was told, the first first, where there is news of those.
    ``entries`` are new pieces of news of the town's, the first first.
    """

    messages: Sequence[OpenMessage]
    position: int
    unread: Unread
    alerts: Sequence[Received] = ()
    entries: Sequence[Entry] = ()


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a stream lasts, and the longest silence in it; seconds."""

    whole: float
    heartbeat: float


class FollowInbox:
    """The use case, with what it needs."""

    def __init__(self, database: Database, persons: PersonKeys, feed: InboxFeed) -> None:
        self._database = database
        self._persons = persons
        self._feed = feed

    async def state(self, reader: Reader) -> News:
        """How the inbox stands, without any message."""
        async with self._database.reading() as session:
            position = await inbox_positions.last(session, reader.collectivity, reader.person)
            unread = await count_unread(session, reader)
        return News([], position, unread)

    async def follow(self, reader: Reader, seen: int | None, patience: Patience) -> AsyncGenerator[News | None, None]:
        """The present state, then all that comes, from after the position ``seen`` on; None after each silence.

        Ends in time, or when this process stops. Raises TooManyStreamsError, NoStreamLeftError, what the database
        raises, and KeyDestroyedError once the reader was erased.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + patience.whole
        with self._feed.follow(reader) as follower:
            # In this order: what comes between the two is counted and told, and not unseen.
            known = await self._recent(reader)
            state = await self.state(reader)
            position = state.position if seen is None else min(seen, state.position)
            told, alerts = await self._alerts(reader, 0)
            yield News([], position, state.unread, alerts)
            while (left := end - loop.time()) > 0 and not follower.closing:
                if follower.alert > told:
                    told, alerts = await self._alerts(reader, told)
                    told = max(told, follower.alert)
                    if alerts:
                        yield News([], position, (await self.state(reader)).unread, alerts)
                fresh = set(follower.entries) - known
                if fresh:
                    known |= fresh
                    entries = await self._entries(reader, fresh)
                    if entries:
                        yield News([], position, (await self.state(reader)).unread, (), entries)
                news = await self._since(reader, position)
                if news is not None:
                    position = news.position
                    yield news
                elif not await follower.wait(min(patience.heartbeat, left)):
                    yield None

    async def _alerts(self, reader: Reader, after: int) -> tuple[int, Sequence[Received]]:
        """Those that hold, and as which recipient the reader was told of the last; an agent's work has none."""
        if reader.work:
            return after, ()
        async with self._database.reading() as session:
            found = await open_alerts.holding(session, reader.collectivity, reader.person, after, datetime.now(UTC))
        alerts = [Received(*each) for each in found]
        return max([after, *(each.recipient.number for each in alerts)]), alerts

    async def _recent(self, reader: Reader) -> set[int]:
        """As which recipients they were told of the last news and alerts, whatever is told of these from now on."""
        owner = (reader.collectivity, reader.person)
        found = await inbox_entries.recent_of_many(self._database.pool, [] if reader.work else [owner])
        return set(found.get(owner, ()))

    async def _entries(self, reader: Reader, recipients: Collection[int]) -> Sequence[Entry]:
        """The news among these; an agent's work has none."""
        if reader.work:
            return ()
        async with self._database.reading() as session:
            return await inbox_entries.news_of(session, reader, recipients)

    async def _since(self, reader: Reader, position: int) -> News | None:
        key = await self._persons.of(reader.person)
        async with self._database.reading() as session:
            rows = await messages.after(session, reader, position, _BATCH)
            if not rows:
                return None
            unread = await count_unread(session, reader)
        return News([opened(row, key) for row in rows], rows[-1].position or position, unread)
