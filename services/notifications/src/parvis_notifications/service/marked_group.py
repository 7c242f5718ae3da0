# SPDX-License-Identifier: EUPL-1.2
"""What a carrier has marked and sends one by one: held for as long as that takes, however slow the provider is."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final, Self

from parvis_kit.logs import logger
from parvis_notifications.db.broadcast_deliveries import BroadcastDeliveries, ClaimedPart
from parvis_notifications.domain.broadcast import Settled
from parvis_notifications.service.send_broadcasts import Group

# Half of what a lease has beyond the longest answer: whatever goes out after less than that is answered within it.
FRESH_SECONDS: Final = 15.0
_SETTLE_TRIES: Final = 7  # eleven seconds: less than what is left of the lease at least
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
        self._out: set[int] = set()
        self._held_at = 0.0
        self._beside: list[asyncio.Task[None]] = []
        self._turn: asyncio.Timeout | None = None

    async def mark(self, recipients: Iterable[int], provider: str) -> Self:
        """Say that these go out now."""
        self._held_at = _now()
        broadcast, claim = self._group.broadcast.id, self._group.claim
        self._going = await self._deliveries.hand_over(broadcast, claim, list(recipients), provider, self._lease)
        self._marked = list(self._going)
        return self

    async def __aenter__(self) -> Self:
        self._beside = [asyncio.create_task(self._hold_on()), asyncio.create_task(self._wait_no_more())]
        return self

    async def __aexit__(self, *_: object) -> None:
        for each in self._beside:
            each.cancel()
            with suppress(asyncio.CancelledError):
                await each

    def __contains__(self, recipient: int) -> bool:
        return recipient in self._going

    @property
    def stopping(self) -> bool:
        """Whether no more of the group is to go, for this worker stops."""
        return self._group.stopping.is_set()

    async def holds(self, recipient: int) -> bool:
        """Asked just before one goes out: whether it is still ours to send, until the answer comes."""
        if recipient in self._going and _now() - self._held_at >= FRESH_SECONDS:
            await self._hold()
        if recipient not in self._going:
            return False
        self._out.add(recipient)
        return True

    async def in_turn(self, turn: Coroutine[Any, Any, None]) -> bool:
        """Wait for a turn with a provider; False where this worker stops, and no more of the group is to go.

        Raises what ``turn`` raises.
        """
        try:
            async with asyncio.timeout(None) as self._turn:
                if not self.stopping:
                    await turn
        except TimeoutError:
            if self._turn is None or not self._turn.expired():
                raise
        finally:
            self._turn = None
            turn.close()
        return not self.stopping

    async def carry(
        self,
        parts: Sequence[ClaimedPart],
        settled: Iterable[Settled],
        ask: Callable[[ClaimedPart], Awaitable[Settled]],
        send: Callable[[ClaimedPart], Awaitable[Settled | None]],
    ) -> None:
        """Ask after the parts in doubt, send those that may go, and keep what came of all, beside what is settled.

        ``send`` gives None for one that is not ours to send any more, and did not go: it is given back.
        """
        ends, back = list(settled), list[ClaimedPart]()
        waiting = [part for part in parts if part.recipient in self]
        in_doubt = [part for part in parts if part.handed_over_at is not None]
        try:
            async with self:
                for part in in_doubt:
                    ends.append(await ask(part))  # noqa: PERF401 - those asked for are kept whoever is stopped then
                while waiting:
                    end = await send(waiting[0])
                    part = waiting.pop(0)
                    if end is None:
                        back.append(part)
                    else:
                        ends.append(end)
        finally:
            try:
                await self.settle(ends)
            finally:
                # The first may have gone when whoever sent it was stopped; the others have not.
                unsent = [part.recipient for part in (*back, *self.unsent(waiting))]
                await self._deliveries.release(self._group.claim, unsent)

    def unsent(self, parts: Iterable[ClaimedPart]) -> list[ClaimedPart]:
        """Those of which nothing can have gone out: it was not asked for them whether they may."""
        return [part for part in parts if part.recipient not in self._out]

    async def settle(self, settled: Sequence[Settled]) -> None:
        """Keep what came of them, once no more goes; only this process knows, and tries while the lease lasts.

        Not while it is held: two statements over the same rows may wait for each other.
        """
        for tried in range(1, _SETTLE_TRIES + 1):
            try:
                await self._deliveries.settle(self._group.claim, settled)
                break
            except Exception as error:
                _log.warning("broadcast_group_not_settled", error=type(error).__name__)
                if tried == _SETTLE_TRIES:
                    raise
                await asyncio.sleep(min(0.1 * 2**tried, 5.0))

    async def _wait_no_more(self) -> None:
        """Once this worker stops: nobody waits for a turn that comes minutes later."""
        await self._group.stopping.wait()
        if self._turn is not None:
            self._turn.reschedule(_now())

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
