# SPDX-License-Identifier: EUPL-1.2
"""The loop that sends the deliveries of one channel: claims due ones in batches and gives each to a lane, once."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol
from uuid import UUID, uuid4

from opentelemetry import trace
from opentelemetry.trace import SpanKind

from parvis_kit.crypto.persons import PersonKey, PersonKeys
from parvis_kit.logs import logger
from parvis_kit.telemetry import context_of
from parvis_notifications.db.deliveries import ClaimedDelivery, Deliveries
from parvis_notifications.domain.pace import claimable
from parvis_notifications.domain.topic import outward
from parvis_notifications.service.bell import Bell

_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 60.0
_FEW: Final = 10
_FEW_SECONDS: Final = 2.0
_tracer = trace.get_tracer("parvis.mail")
_log = logger(__name__)


class PauseError(Exception):
    """Whoever carries the channel's deliveries is in trouble: this one and all others must wait."""


class Lane(Protocol):
    """What sends one delivery after the other."""

    async def send(self, delivery: ClaimedDelivery, key: PersonKey | None, claim: UUID) -> None:
        """One attempt; ``key`` is None where the person was erased. Raises PauseError, or what the database raises."""

    async def close(self) -> None:
        """Take leave of whoever carries them."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How many deliveries are claimed at a time, for how long, and how often they are looked for unannounced.

    Of what goes to many no more than ``bulk`` are claimed: whatever else comes waits until they have gone.
    """

    batch: int
    claim_seconds: float
    poll_seconds: float
    bulk: int = _FEW


def few(per_second: float | None) -> int:
    """How many of what goes to many are claimed at a time, by how many a second the channel takes."""
    return claimable(_FEW, per_second, _FEW_SECONDS)


class DeliverySender:
    """The loop over a few lanes; ``kind`` names the channel in traces and logs."""

    def __init__(
        self, kind: str, deliveries: Deliveries, persons: PersonKeys, lanes: Sequence[Lane], pace: Pace, bell: Bell
    ) -> None:
        self._kind = kind
        self._deliveries = deliveries
        self._persons = persons
        self._lanes = lanes
        self._pace = pace
        self._bell = bell
        self._pause = 0.0

    async def run(self) -> None:
        """Send until cancelled; a delivery whose content is on its way is brought to its end first."""
        try:
            while True:
                try:
                    busy = await self.round()
                except Exception as error:  # noqa: BLE001 - the database is away; the deliveries wait in it
                    _log.warning(f"{self._kind}_sender_failed", error=type(error).__name__)
                    busy = False
                if self._pause:
                    await asyncio.sleep(self._pause * random.uniform(0.75, 1.25))  # noqa: S311 - spreads load
                elif not busy:
                    await self._bell.wait(self._pace.poll_seconds)
        finally:
            await self.close()

    async def close(self) -> None:
        """Take leave of whoever carries them."""
        for lane in self._lanes:
            await lane.close()

    async def round(self) -> bool:
        """Send one batch; False where nothing was due."""
        claim = uuid4()
        lease = timedelta(seconds=self._pace.claim_seconds)
        few = {"bulk": self._pace.bulk, "lanes": len(self._lanes)}
        batch = await self._deliveries.claim(claim, self._pace.batch, lease=lease, **few)
        if not batch:
            return False
        keys = await self._persons.of_many({delivery.person for delivery in batch})
        waiting = batch[::-1]
        lanes = [asyncio.create_task(self._along(lane, waiting, keys, claim)) for lane in self._lanes]
        working = asyncio.gather(*lanes, return_exceptions=True)
        try:
            ends = await asyncio.shield(working)
        except asyncio.CancelledError:
            unsent, waiting[:] = waiting[:], []
            await working
            await self._release(claim, unsent)
            raise
        self._deliveries.announce()
        self._pause = self._longer() if any(isinstance(end, PauseError) for end in ends) else 0.0
        await self._release(claim, waiting)
        for end in ends:
            if isinstance(end, BaseException) and not isinstance(end, PauseError):
                raise end
        return True

    async def _along(
        self, lane: Lane, waiting: list[ClaimedDelivery], keys: dict[UUID, PersonKey], claim: UUID
    ) -> None:
        """Send what waits along one lane."""
        while waiting:
            delivery = waiting.pop()
            context = context_of(delivery.traceparent)
            with _tracer.start_as_current_span(
                f"{self._kind} {outward(delivery.template)}", context, SpanKind.PRODUCER
            ):
                try:
                    await lane.send(delivery, keys.get(delivery.person), claim)
                except PauseError:
                    waiting.append(delivery)
                    raise

    async def _release(self, claim: UUID, deliveries: list[ClaimedDelivery]) -> None:
        if deliveries:
            pause = timedelta(seconds=self._pause)
            await self._deliveries.release(claim, [delivery.id for delivery in deliveries], pause)

    def _longer(self) -> float:
        return min(max(self._pause * 2, _FIRST_PAUSE), _LONGEST_PAUSE)
