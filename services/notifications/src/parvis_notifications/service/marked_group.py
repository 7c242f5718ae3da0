# SPDX-License-Identifier: EUPL-1.2
"""What a carrier has marked and sends one by one: held for as long as that takes, however slow the provider is."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from typing import Final, Self

from parvis_kit.logs import logger
from parvis_notifications.db.broadcast_deliveries import BroadcastDeliveries
from parvis_notifications.service.send_broadcasts import Group

# Half of what a lease has beyond the longest answer: whatever goes out after less than that is answered within it.
FRESH_SECONDS: Final = 15.0
_log = logger(__name__)


class MarkedGroup:
    """The part of a group that may go; ``lease`` is the wait for one answer and half a minute more.

    While it is entered it is held anew again and again, with those that went and whose end is not kept yet: else
    another worker would take them for what a dead one has left in doubt.
    """

    def __init__(self, deliveries: BroadcastDeliveries, group: Group, lease: timedelta) -> None:
        self._deliveries = deliveries
        self._group = group
        self._lease = lease
        self._going: set[int] = set()
        self._marked: list[int] = []
        self._held_at = 0.0
        self._holding: asyncio.Task[None] | None = None

    async def mark(self, recipients: Iterable[int], provider: str) -> Self:
        """Say that these go out now."""
        self._held_at = _now()
        broadcast, claim = self._group.broadcast.id, self._group.claim
        self._going = await self._deliveries.hand_over(broadcast, claim, list(recipients), provider, self._lease)
        self._marked = list(self._going)
        return self

    async def __aenter__(self) -> Self:
        self._holding = asyncio.create_task(self._hold_on())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._holding is not None:
            self._holding.cancel()
            with suppress(asyncio.CancelledError):
                await self._holding

    def __contains__(self, recipient: int) -> bool:
        return recipient in self._going

    async def holds(self, recipient: int) -> bool:
        """Asked just before one goes out: whether it is still ours to send, until the answer comes."""
        if recipient in self._going and _now() - self._held_at >= FRESH_SECONDS:
            await self._hold()
        return recipient in self._going

    async def _hold_on(self) -> None:
        while True:
            await asyncio.sleep(FRESH_SECONDS)
            try:
                await self._hold()
            except Exception as error:  # noqa: BLE001 - the database is away: what is asked for then is not sent
                _log.warning("broadcast_group_not_held", error=type(error).__name__)

    async def _hold(self) -> None:
        """What was paused, or has been taken over, goes no more."""
        began = _now()
        broadcast, claim = self._group.broadcast.id, self._group.claim
        self._going &= await self._deliveries.keep(broadcast, claim, self._marked, self._lease)
        self._held_at = began


def _now() -> float:
    return asyncio.get_running_loop().time()
