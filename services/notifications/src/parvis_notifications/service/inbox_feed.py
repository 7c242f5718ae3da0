# SPDX-License-Identifier: EUPL-1.2
"""Tells the open streams of this process which inboxes have something new: one query for all of them."""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

import asyncpg

from parvis_kit.logs import logger
from parvis_notifications.db.inbox_entries import recent_of_many
from parvis_notifications.db.inbox_positions import Owner, last_of_many
from parvis_notifications.db.open_alerts import latest_of_many
from parvis_notifications.domain.errors import NoStreamLeftError, TooManyStreamsError
from parvis_notifications.domain.reader import Reader

STREAMS_OF_A_PERSON: Final = 5
_log = logger(__name__)


class Follower:
    """One open stream; ``closing`` is set when this process stops.

    ``alert`` is as which recipient they were told last of an alert that holds, as far as is known; ``entries`` are as
    which they were told of the last news and alerts.
    """

    def __init__(self) -> None:
        self._news = asyncio.Event()
        self.closing = False
        self.alert = 0
        self.entries: tuple[int, ...] = ()

    def wake(self) -> None:
        """There is something new, or an end."""
        self._news.set()

    async def wait(self, seconds: float) -> bool:
        """Until something is new, at most that long; False when nothing was."""
        try:
            await asyncio.wait_for(self._news.wait(), seconds)
        except TimeoutError:
            return False
        self._news.clear()
        return True


class InboxFeed:
    """The followers of this process, by inbox."""

    def __init__(self, pool: "asyncpg.Pool[Any]", *, streams: int, poll_seconds: float) -> None:
        self._pool = pool
        self._streams = streams
        self._poll_seconds = poll_seconds
        self._followers: dict[Owner, list[Follower]] = {}
        self._told: dict[Owner, int] = {}

    def check_room(self, reader: Reader) -> None:
        """Raise TooManyStreamsError where this person, NoStreamLeftError where this process has all it may have."""
        if len(self._followers.get((reader.collectivity, reader.person), ())) >= STREAMS_OF_A_PERSON:
            raise TooManyStreamsError
        if sum(map(len, self._followers.values())) >= self._streams:
            raise NoStreamLeftError

    @contextlib.contextmanager
    def follow(self, reader: Reader) -> Iterator[Follower]:
        """Be woken from now on; raises TooManyStreamsError or NoStreamLeftError."""
        self.check_room(reader)
        owner, follower = (reader.collectivity, reader.person), Follower()
        self._followers.setdefault(owner, []).append(follower)
        try:
            yield follower
        finally:
            self._followers[owner].remove(follower)
            if not self._followers[owner]:
                del self._followers[owner]
                self._told.pop(owner, None)

    async def run(self) -> None:
        """Look for news until cancelled; then each stream ends."""
        try:
            while True:
                await asyncio.sleep(self._poll_seconds)
                if self._followers:
                    await self._look()
        finally:
            for followers in self._followers.values():
                for follower in followers:
                    follower.closing = True
                    follower.wake()

    async def _look(self) -> None:
        try:
            found = await last_of_many(self._pool, self._followers.keys())
            alerts = await latest_of_many(self._pool, self._followers.keys())
            entries = await recent_of_many(self._pool, self._followers.keys())
        except Exception as error:  # noqa: BLE001 - the database is away; the streams stay open and are told later
            _log.warning("inbox_feed_failed", error=type(error).__name__)
            return
        for owner, number in alerts.items():
            for follower in self._followers.get(owner, ()):
                if follower.alert < number:
                    follower.alert = number
                    follower.wake()
        self._tell_entries(entries)
        for owner, position in found.items():
            if self._told.get(owner) != position and owner in self._followers:
                self._told[owner] = position
                for follower in self._followers[owner]:
                    follower.wake()

    def _tell_entries(self, found: Mapping[Owner, tuple[int, ...]]) -> None:
        for owner, recent in found.items():
            for follower in self._followers.get(owner, ()):
                if follower.entries != recent:
                    follower.entries = recent
                    follower.wake()
