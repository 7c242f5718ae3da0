# SPDX-License-Identifier: EUPL-1.2
"""The loop that sends what goes to many, for one lane and one channel: apart from mails to one, and from each other.

It freezes the audience of what is ready, claims its rows in batches, and gives them in small groups to carriers, each
of which has a connection of its own.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol
from uuid import UUID, uuid4

from prometheus_client import Counter

from parvis_kit.crypto.persons import PersonKey, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_notifications.db.audiences import freeze, next_ready
from parvis_notifications.db.broadcast_deliveries import BroadcastDeliveries, ClaimedPart, OpenBroadcast
from parvis_notifications.db.gathered_news import gather
from parvis_notifications.domain.broadcast import LONGEST_HOURS, Lane, PartState, Settled, Tried
from parvis_notifications.domain.digest import Rhythm
from parvis_notifications.domain.mail import retry_seconds
from parvis_notifications.domain.pace import claimable
from parvis_notifications.domain.quiet_hours import QuietHours
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.broadcast_words import BroadcastWords
from parvis_notifications.service.chat_routes import channels_of
from parvis_notifications.service.gather_news import gathered_of
from parvis_notifications.service.send_deliveries import PauseError
from parvis_notifications.settings import Settings

_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 30.0
# So often a mail goes whose answer does not come.
_MOST_DOUBTFUL: Final = 5
_SKIPPED: Final = {"answered", "not-wanted", "texts-stopped", "address-dead"}
_log = logger(__name__)
_PARTS = Counter("parvis_broadcast_parts_total", "Recipients of broadcasts by outcome", ["lane", "channel", "outcome"])
_UNFROZEN = Counter(
    "parvis_broadcast_freezes_failed_total", "Audiences that could not be frozen, and were put off", ["lane"]
)


@dataclass(frozen=True, slots=True)
class Group:
    """A few recipients of one broadcast in the hands of one carrier; once ``stopping`` is set no more of them go."""

    broadcast: OpenBroadcast
    words: BroadcastWords
    parts: Sequence[ClaimedPart]
    keys: dict[UUID, PersonKey]
    claim: UUID
    stopping: asyncio.Event = field(default_factory=asyncio.Event)


class Carrier(Protocol):
    """What hands a group over and settles it; one group at a time."""

    async def carry(self, group: Group) -> None:
        """Raises PauseError where whoever takes them is in trouble, after it has given back what did not go."""

    async def close(self) -> None:
        """Take leave of whoever takes them."""


class BroadcastSender:
    """The loop; ``pace`` is how many a second may go now, None where nothing is said."""

    def __init__(
        self,
        database: Database,
        persons: PersonKeys,
        deliveries: BroadcastDeliveries,
        carriers: Sequence[Carrier],
        settings: Settings,
        bell: Bell,
        pace: Callable[[], float | None],
    ) -> None:
        self._pace = pace
        self._pool = database.pool
        self._persons = persons
        self._deliveries = deliveries
        self._carriers = carriers
        self._settings = settings
        self._bell = bell
        self._pause = 0.0
        self._lease = timedelta(seconds=settings.mail_claim_seconds)

    async def run(self) -> None:
        """Send until cancelled; what is on its way is brought to its end first, and the others are given back."""
        try:
            while True:
                try:
                    busy = await self.round()
                except Exception as error:  # noqa: BLE001 - the database is away; what waits does so in it
                    _log.warning("broadcast_sender_failed", lane=self._deliveries.lane, error=type(error).__name__)
                    busy = False
                if self._pause:
                    await asyncio.sleep(self._pause * random.uniform(0.75, 1.25))  # noqa: S311 - spreads load
                elif not busy:
                    await self._bell.wait(self._settings.poll_seconds)
        finally:
            await self.close()

    async def close(self) -> None:
        """Take leave of whoever takes them."""
        for carrier in self._carriers:
            await carrier.close()

    async def round(self) -> bool:
        """Freeze what is ready and send one batch of each broadcast; False where nothing was due."""
        lane, available = self._deliveries.lane, self._settings.channels
        frozen = await self._freeze()
        missing, after = [each for each in Channel if each not in available], timedelta(hours=LONGEST_HOURS[lane])
        given_up = await self._deliveries.give_up(missing, after, self._settings.broadcast_batch)
        sent = await self._batches()
        return frozen or given_up or sent

    async def _freeze(self) -> bool:
        """The audience of the next, if there is one; where it cannot be, what is frozen goes on."""
        lane = self._deliveries.lane
        ready = await next_ready(self._pool, lane)
        if ready is None:
            return False
        try:
            if await freeze(self._pool, ready, lane, lambda town: channels_of(self._settings, town)):
                _log.info("broadcast_frozen", broadcast=str(ready), lane=lane)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go
            _UNFROZEN.labels(lane).inc()
            _log.warning("broadcast_unfrozen", broadcast=str(ready), lane=lane, error=type(error).__name__)
        return True

    async def _batches(self) -> bool:
        """One of each broadcast; what is wrong with one keeps no other from going."""
        sent: list[bool] = []
        failed: Exception | None = None
        for broadcast in await self._deliveries.open():
            try:
                sent.append(await self._batch(broadcast))
            except Exception as error:  # noqa: BLE001 - raised below where nothing went
                _log.warning("broadcast_failed", broadcast=str(broadcast.id), error=type(error).__name__)
                failed = error
        if failed is not None and not any(sent):
            raise failed
        return any(sent)

    async def _batch(self, broadcast: OpenBroadcast) -> bool:
        claim = uuid4()
        # What is claimed holds up all other broadcasts of the lane, and another worker from taking it.
        limit = claimable(self._settings.broadcast_batch, self._pace(), self._lease.total_seconds())
        parts = await self._deliveries.claim(broadcast.id, claim, limit, self._lease)
        if not parts:
            await self._deliveries.done(broadcast.id)
            return False
        going = await self._going(broadcast, parts, claim)
        keys = await self._persons.of_many({part.key_person for part in going if part.key_person})
        size, words = self._settings.broadcast_group, BroadcastWords(broadcast, self._settings)
        stopping = asyncio.Event()
        waiting = [
            Group(broadcast, words, going[start : start + size], keys, claim, stopping)
            for start in range(0, len(going), size)
        ][::-1]
        working = asyncio.gather(
            *(asyncio.create_task(self._along(carrier, waiting)) for carrier in self._carriers), return_exceptions=True
        )
        try:
            ends = await asyncio.shield(working)
        except asyncio.CancelledError:
            stopping.set()
            unsent, waiting[:] = waiting[:], []
            await working
            await self._release(unsent)
            raise
        self._pause = self._longer() if any(isinstance(end, PauseError) for end in ends) else 0.0
        await self._release(waiting)
        for end in ends:
            if isinstance(end, BaseException) and not isinstance(end, PauseError):
                raise end
        return True

    async def _along(self, carrier: Carrier, waiting: list[Group]) -> None:
        while waiting:
            await carrier.carry(waiting.pop())

    async def _release(self, groups: Sequence[Group]) -> None:
        for group in groups:
            pause = timedelta(seconds=self._pause)
            ids = [part.recipient for part in group.parts]
            await self._deliveries.release(group.claim, ids, pause, unsent=False, marked=False)

    async def _going(
        self, broadcast: OpenBroadcast, parts: Sequence[ClaimedPart], claim: UUID
    ) -> Sequence[ClaimedPart]:
        """Those that go now; what else becomes of a row is kept at once."""
        now = datetime.now(UTC)
        ends = {part.recipient: self._end(broadcast, part, now) for part in parts}
        settled = [end for end in ends.values() if end is not None]
        await self._deliveries.settle(claim, settled)
        going = [part for part in parts if ends[part.recipient] is None]
        gathered = gathered_of(going, now, self._settings.time_zone(broadcast.collectivity))
        if gathered:
            await gather(self._pool, claim, broadcast.collectivity, gathered)
        told = {each.recipient: Settled(each.recipient, PartState.GATHERED, "digest") for each in gathered}
        for end in [*settled, *told.values()]:
            self.count(end)
        return [part for part in going if part.recipient not in told]

    def _end(self, broadcast: OpenBroadcast, part: ClaimedPart, now: datetime) -> Settled | None:
        """What becomes of it without being sent, if anything."""
        why = self._against(broadcast, part, now)
        # A browser shows it once, however often it is handed over.
        doubtful = part.handed_over_at is not None and self._deliveries.channel is not Channel.PUSH
        if doubtful and self._deliveries.channel is Channel.EMAIL:
            # Nobody can be asked what became of a mail; what may be there is not sent for ever.
            why = why or ("unanswered" if part.doubts >= _MOST_DOUBTFUL else None)
            return Settled(part.recipient, PartState.UNKNOWN, why, doubtful=True) if why else None
        if doubtful or why is None:
            # What was handed over may be there already: the carrier finds out. An alert overrides quiet hours, and
            # says so; news wait for their end.
            # What is gathered waits for its mail anyway.
            waits = broadcast.lane == Lane.NEWS and not doubtful and not part.rhythm
            quiet = self._quiet(broadcast, part) if waits else None
            over_at = quiet and quiet.over_at(now)
            wait = over_at and over_at - now
            return Settled(part.recipient, PartState.PENDING, "quiet-hours", pause=wait) if wait else None
        if part.taken_by:
            # One of their browsers has it: the others are told no more.
            return Settled(part.recipient, PartState.SENT, why)
        state = PartState.SKIPPED if why in _SKIPPED else PartState.FAILED
        return Settled(part.recipient, state, why)

    def _against(self, broadcast: OpenBroadcast, part: ClaimedPart, now: datetime) -> str | None:
        """Why it does not go, if there is a reason."""
        first = broadcast.channels[0] == self._deliveries.channel
        if part.answered and (not first or self._deliveries.channel is Channel.VOICE):
            return "answered"
        if not part.agreed:
            return "not-wanted"
        if part.stopped:
            return "texts-stopped"
        if part.dead:
            return "address-dead"
        if part.address is None or part.key_person is None:
            return "no-address"
        # What is gathered may have waited for a mail already, of which it was left out.
        gathered = timedelta(days=Rhythm(part.rhythm).days if part.rhythm else 0)
        until = broadcast.frozen_at + timedelta(hours=LONGEST_HOURS[Lane(broadcast.lane)]) + gathered
        return "too-late" if now >= min(until, broadcast.expires_at or until) else None

    def _quiet(self, broadcast: OpenBroadcast, part: ClaimedPart) -> QuietHours | None:
        """When they are not to be disturbed: as they chose, or at night where a telephone would ring."""
        if part.quiet_begins is not None and part.quiet_ends is not None and part.time_zone is not None:
            return QuietHours(part.quiet_begins, part.quiet_ends, part.time_zone)
        rings = self._deliveries.channel in {Channel.SMS, Channel.CHAT}
        return self._settings.news_texts_rest(broadcast.collectivity) if rings else None

    def count(self, settled: Settled) -> None:
        """For the metrics."""
        _PARTS.labels(self._deliveries.lane, self._deliveries.channel, settled.state).inc()

    def _longer(self) -> float:
        return min(max(self._pause * 2, _FIRST_PAUSE), _LONGEST_PAUSE)


def retried(part: ClaimedPart, reply: str, tried: Sequence[Tried] = (), *, doubtful: bool = False) -> Settled:
    """Refused for now: again after a while that grows with each attempt."""
    pause = timedelta(seconds=min(retry_seconds(part.attempts + 1, random.random()), 600))  # noqa: S311
    return Settled(part.recipient, PartState.RETRY, reply, pause, doubtful=doubtful, tried=tried)
