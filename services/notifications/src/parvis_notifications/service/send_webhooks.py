# SPDX-License-Identifier: EUPL-1.2
"""The webhook sender: serves each subscription by itself, so that a dead one delays no other."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from opentelemetry import trace
from opentelemetry.trace import SpanKind
from prometheus_client import Counter

from parvis_kit.crypto.keys import SealingKey
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.logs import logger
from parvis_kit.telemetry import context_of
from parvis_notifications.db.webhook_deliveries import (
    SEALED_CONTENT,
    ClaimedDelivery,
    DueSubscription,
    WebhookDeliveries,
)
from parvis_notifications.domain.webhook import (
    LONGEST_REST_SECONDS,
    PAUSE_SECONDS,
    SCHEDULE,
    SHORTEST_REST_SECONDS,
    DeliveryState,
    Reception,
    reception,
    retry_seconds,
    takes_nothing,
)
from parvis_notifications.outgoing.webhook import Answer, Webhooks
from parvis_notifications.service.bell import Bell
from parvis_notifications.settings import Settings

# The claim must outlive the longest wait for a subscriber.
_MARGIN_SECONDS: Final = 15.0
# A subscriber that has taken nothing for as long as the whole schedule lasts is dead.
_DEAD_AFTER: Final = timedelta(seconds=sum(SCHEDULE) * 0.8)
_WHOLE_SCHEDULE: Final = timedelta(seconds=sum(SCHEDULE))
_SHORTEST_REST: Final = timedelta(seconds=SHORTEST_REST_SECONDS)
_LONGEST_REST: Final = timedelta(seconds=LONGEST_REST_SECONDS)
# After this a subscription makes room for others, so that slow ones do not keep all the places.
_TURN_SECONDS: Final = 5.0
_tracer = trace.get_tracer("parvis.webhooks")
_log = logger(__name__)
_ATTEMPTS = Counter("parvis_webhook_attempts_total", "Webhook attempts by outcome", ["outcome"])


class WebhookSender:
    """The loop that finds subscriptions with something due, and a task for each while it has."""

    def __init__(
        self,
        deliveries: WebhookDeliveries,
        webhooks: Webhooks,
        secrets: SealingKey,
        persons: PersonKeys,
        settings: Settings,
        bell: Bell,
    ) -> None:
        self._deliveries = deliveries
        self._webhooks = webhooks
        self._secrets = secrets
        self._persons = persons
        self._settings = settings
        self._bell = bell
        self._lease = timedelta(seconds=settings.webhook_timeout_seconds + _MARGIN_SECONDS)
        self._serving: dict[UUID, asyncio.Task[bool]] = {}
        self._failing: set[UUID] = set()

    async def run(self) -> None:
        """Send until cancelled; what is on its way then is sent again later, with the same id."""
        try:
            while True:
                try:
                    await self.begin()
                except Exception as error:  # noqa: BLE001 - the database is away; the deliveries wait in it
                    _log.warning("webhook_sender_failed", error=type(error).__name__)
                await self._bell.wait(self._settings.poll_seconds)
        finally:
            for task in self._serving.values():
                task.cancel()
            await asyncio.gather(*self._serving.values(), return_exceptions=True)

    async def begin(self) -> None:
        """Begin to serve the subscriptions that something is due for."""
        room = self._settings.webhook_subscribers - len(self._serving)
        if room <= 0:
            return
        # Half of the places are kept from those that take nothing: however many are dead, the others have theirs.
        failing = max(self._settings.webhook_subscribers // 2, 1) - len(self._failing)
        for subscription in await self._deliveries.due(list(self._serving), room, failing=failing):
            if subscription.failing:
                self._failing.add(subscription.id)
            task = asyncio.create_task(self.serve(subscription))
            self._serving[subscription.id] = task
            task.add_done_callback(lambda done, id_=subscription.id: self._served(id_, done))  # type: ignore[misc]

    def _served(self, subscription: UUID, task: "asyncio.Task[bool]") -> None:
        del self._serving[subscription]
        self._failing.discard(subscription)
        if task.cancelled():
            return
        if error := task.exception():
            _log.warning("webhook_failed", subscription=str(subscription), error=type(error).__name__)
        elif task.result():
            self._bell.ring()

    async def serve(self, subscription: DueSubscription) -> bool:
        """Send one subscription what is due, some lanes at a time; True where it made room with more to come.

        What it takes of a round is recorded together: broken off before that, it is sent again, with the same id.
        It does after a round in which it took nothing, and when its turn is over.
        """
        turn_ends = asyncio.get_running_loop().time() + _TURN_SECONDS
        keys = [self._secrets.open(sealed, str(subscription.id)) for sealed in subscription.secrets]
        claim = uuid4()
        while True:
            due = await self._deliveries.claim(
                claim, subscription.id, self._settings.webhook_concurrency, lease=self._lease
            )
            if not due:
                return False
            if not (due := await self._opened(due, claim)):
                continue
            answered = await asyncio.gather(*(self._attempt(subscription, delivery, keys, claim) for delivery in due))
            taken = {delivery.id: status for delivery, status in zip(due, answered, strict=True) if status}
            if taken:
                await self._deliveries.taken(claim, taken, subscription.id)
            elif takes_nothing(len(due), len(taken)):
                await self._rest(subscription)
            if not taken or asyncio.get_running_loop().time() > turn_ends:
                return True

    async def _opened(self, due: Sequence[ClaimedDelivery], claim: UUID) -> list[ClaimedDelivery]:
        """With what is sent; of somebody who was erased meanwhile nothing is told any more."""
        keys = await self._persons.of_many({delivery.person for delivery in due if delivery.person})
        opened: list[ClaimedDelivery] = []
        for delivery in due:
            if delivery.person is None:
                opened.append(delivery)
            elif key := keys.get(delivery.person):
                opened.append(replace(delivery, content=key.open_bytes(SEALED_CONTENT, delivery.content)))
            else:
                await self._settle(delivery, claim, DeliveryState.FAILED, Answer(0, "person-erased"))
        return opened

    async def _rest(self, subscription: DueSubscription) -> None:
        """A backlog of many lanes is not tried lane by lane at one that takes none of them.

        Its lanes may be so many that none comes to the end of its schedule, so that it is disabled here as well.
        """
        await self._deliveries.disable(subscription, "failing", failing_for=_WHOLE_SCHEDULE)
        await self._deliveries.rest(subscription.id, shortest=_SHORTEST_REST, longest=_LONGEST_REST)

    async def _attempt(
        self, subscription: DueSubscription, delivery: ClaimedDelivery, keys: Sequence[bytes], claim: UUID
    ) -> int:
        """The status with which the subscriber has taken it; 0 where it has not, which is settled then."""
        context = context_of(delivery.traceparent)
        with _tracer.start_as_current_span(f"webhook {delivery.event_type}", context, SpanKind.PRODUCER):
            answer = await self._webhooks.send(subscription.url, keys, str(delivery.event_id), delivery.content)
            result = reception(answer.status)
            _ATTEMPTS.labels(result.name.lower()).inc()
            if result is Reception.TAKEN:
                return answer.status
            _log.info(
                "webhook_refused",
                subscription=str(subscription.id),
                delivery=str(delivery.id),
                status=answer.status,
                error=answer.error,
            )
            await self._deliveries.failing(subscription.id)
            if result is Reception.GONE:
                await self._settle(delivery, claim, DeliveryState.FAILED, answer)
                await self._deliveries.disable(subscription, "gone")
            else:
                await self._later(subscription, delivery, claim, answer, throttled=result is Reception.THROTTLED)
            return 0

    async def _later(
        self, subscription: DueSubscription, delivery: ClaimedDelivery, claim: UUID, answer: Answer, *, throttled: bool
    ) -> None:
        pause = retry_seconds(delivery.attempts, answer.retry_after, random.random())  # noqa: S311 - spreads load
        if pause is None:
            await self._settle(delivery, claim, DeliveryState.FAILED, answer)
            await self._deliveries.disable(subscription, "failing", failing_for=_DEAD_AFTER)
            return
        await self._settle(delivery, claim, DeliveryState.PENDING, answer, timedelta(seconds=pause))
        if throttled:
            wished = max(answer.retry_after or PAUSE_SECONDS, 1.0)
            await self._deliveries.pause(subscription.id, timedelta(seconds=min(wished, 24 * 3_600)))

    async def _settle(
        self,
        delivery: ClaimedDelivery,
        claim: UUID,
        state: DeliveryState,
        answer: Answer,
        pause: timedelta = timedelta(),
    ) -> None:
        await self._deliveries.settle(delivery.id, claim, state, status=answer.status, error=answer.error, pause=pause)
