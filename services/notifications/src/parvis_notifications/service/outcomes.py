# SPDX-License-Identifier: EUPL-1.2
"""What came of each attempt in one channel: kept with the delivery, counted, and said in the log, the same in all.

A log line names the delivery, its template, its provider and the provider's answer, and nobody.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from prometheus_client import Counter

from parvis_kit.logs import logger
from parvis_kit.messaging.events import Event
from parvis_notifications import events
from parvis_notifications.db.deliveries import Acceptance, Attempt, ClaimedDelivery, Deliveries
from parvis_notifications.db.person_calls import AskingPersonCall
from parvis_notifications.db.reports import Asking
from parvis_notifications.domain.delivery import AttemptOutcome, Fault
from parvis_notifications.domain.topic import Channel, outward

_MARK_TRIES: Final = 20
_log = logger(__name__)


def sent_event(of: ClaimedDelivery | Asking | AskingPersonCall, channel: Channel) -> Event:
    """A message went out by that delivery, now."""
    return events.message_sent(
        message_id=of.message_id,
        delivery_id=of.delivery_id if isinstance(of, AskingPersonCall) else of.id,
        channel=channel,
        template=of.template,
        person=of.person,
        collectivity=of.collectivity,
        sequence=of.sequence + 1,
        at=datetime.now(UTC),
    )


class Outcomes:
    """Those of one channel; ``counter`` has the labels provider and outcome, ``word`` begins the names of log lines."""

    def __init__(self, deliveries: Deliveries, channel: Channel, word: str, counter: Counter) -> None:
        self._deliveries = deliveries
        self._channel = channel
        self._word = word
        self._counter = counter

    async def sent(self, delivery: ClaimedDelivery, attempt: Attempt, accepted: Acceptance) -> None:
        """A provider has it."""
        await self.kept(delivery, attempt, lambda event: self._deliveries.sent(attempt, accepted, event))

    async def kept(self, delivery: ClaimedDelivery, attempt: Attempt, keep: Callable[[Event], Awaitable[None]]) -> None:
        """A provider has it, which ``keep`` writes down beside the event.

        Only this process knows: it keeps trying to say so while its claim lasts. Should it die as well, the provider
        is asked, or the message goes again as the same one.
        """
        event = sent_event(delivery, self._channel)
        for tried in range(1, _MARK_TRIES + 1):
            try:
                await keep(event)
                break
            except Exception as error:
                _log.warning(f"{self._word}_mark_failed", delivery=str(delivery.id), error=type(error).__name__)
                if tried == _MARK_TRIES:
                    raise
                await asyncio.sleep(min(0.1 * 2**tried, 5.0))
        self._counter.labels(attempt.provider, "sent").inc()
        _log.info(
            f"{self._word}_sent",
            delivery=str(delivery.id),
            template=outward(delivery.template),
            provider=attempt.provider,
        )

    async def failed(self, delivery: ClaimedDelivery, attempt: Attempt, reply: str, fault: Fault) -> None:
        """It does not go, for good."""
        await self._deliveries.fail(attempt, reply, fault)
        self.told("failed", delivery, attempt.provider, reply)

    async def next(self, delivery: ClaimedDelivery, attempt: Attempt, reply: str) -> None:
        """Not with this provider: with the next one, if there is one."""
        await self._deliveries.ended(attempt, AttemptOutcome.DEFERRED, reply)
        self.told("next", delivery, attempt.provider, reply)

    async def unknown(self, delivery: ClaimedDelivery, attempt: Attempt, reply: str, ask_after: timedelta) -> None:
        """Nobody knows whether the provider has it, who is asked after that time."""
        await self._deliveries.unknown(attempt, reply, ask_after)
        self.told("unknown", delivery, attempt.provider or delivery.provider or "", reply)

    def told(self, outcome: str, delivery: ClaimedDelivery, provider: str, reply: str) -> None:
        """Counted, and in the log."""
        self._counter.labels(provider, outcome).inc()
        _log.warning(
            f"{self._word}_{outcome}",
            delivery=str(delivery.id),
            template=outward(delivery.template),
            provider=provider,
            reply=reply,
        )
