# SPDX-License-Identifier: EUPL-1.2
"""Systems follow the events of their collectivity: what came since they looked last, then each as it comes."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterator

from parvis_notifications.db.event_log import EventLogReader, Filter, Stretch
from parvis_notifications.domain.errors import NoStreamLeftError
from parvis_notifications.service.follow_inbox import Patience

BATCH = 100


class EventStreams:
    """The streams that this process keeps open; each looks for itself, for there are as many systems as a town has."""

    def __init__(self, log: EventLogReader, *, streams: int, poll_seconds: float) -> None:
        self._log = log
        self._left = streams
        self._poll_seconds = poll_seconds
        self._closing = asyncio.Event()

    def check_room(self) -> None:
        """Raise NoStreamLeftError where this process has all it may have."""
        if self._left <= 0:
            raise NoStreamLeftError

    async def run(self) -> None:
        """Until cancelled; then each stream ends."""
        try:
            await asyncio.Event().wait()
        finally:
            self._closing.set()

    async def follow(
        self, collectivity: str, position: int, wanted: Filter, patience: Patience
    ) -> AsyncGenerator[Stretch | None, None]:
        """Stretches of the log after that position; None after each silence. Raises NoStreamLeftError."""
        loop = asyncio.get_running_loop()
        end = spoken = loop.time()
        end += patience.whole
        with self._room():
            while loop.time() < end and not self._closing.is_set():
                stretch = await self._log.after(collectivity, position, wanted, BATCH)
                if stretch.events or stretch.reached < stretch.last:
                    position, spoken = stretch.reached, loop.time()
                    yield stretch
                    continue
                position = stretch.reached
                if loop.time() - spoken >= patience.heartbeat:
                    spoken = loop.time()
                    yield None
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._closing.wait(), min(self._poll_seconds, end - loop.time()))

    @contextlib.contextmanager
    def _room(self) -> Iterator[None]:
        self.check_room()
        self._left -= 1
        try:
            yield
        finally:
            self._left += 1
