# SPDX-License-Identifier: EUPL-1.2
"""Hand one claimed notification to the push service of its browser, and record at once what came of it.

One whose answer was lost goes again as the same: the service replaces the one that waits (``Topic``, RFC 8030 section
5.4), and a browser that has it already shows it once (``tag``).
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from prometheus_client import Counter

from parvis_kit.crypto.keys import UnreadableError
from parvis_kit.crypto.persons import PersonKey
from parvis_kit.db.database import Database
from parvis_notifications.db import push_subscriptions
from parvis_notifications.db.deliveries import Acceptance, Attempt, ClaimedDelivery, Deliveries, attempt_at
from parvis_notifications.db.push_tables import PushSubscription
from parvis_notifications.domain.delivery import Fault
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.push import notification, retry_seconds, time_to_live, topic_of, urgency
from parvis_notifications.domain.topic import Channel
from parvis_notifications.outgoing.push import Browser, PushAnswer, PushFate, PushMessage, PushServices
from parvis_notifications.outgoing.push_crypto import BrowserKeyError, ServerKey
from parvis_notifications.service.outcomes import Outcomes
from parvis_notifications.service.push_browsers import browser_of
from parvis_notifications.service.push_routes import PushRoutes, clock
from parvis_notifications.settings import Settings

# Added to the time that an answer may take: the claim must outlive the last wait for it.
_MARGIN_SECONDS: Final = 30.0
_PROVIDER: Final = "web-push"
_PUSHES: Final = Counter("parvis_pushes_total", "Notifications to browsers by outcome", ["provider", "outcome"])


@dataclass(frozen=True, slots=True)
class _Target:
    """One browser, with the key that it was subscribed for."""

    row: PushSubscription
    browser: Browser
    server: ServerKey


class SendPush:
    """The use case, with what it needs; a lane of the sender."""

    def __init__(
        self, database: Database, deliveries: Deliveries, services: PushServices, routes: PushRoutes, settings: Settings
    ) -> None:
        self._database = database
        self._deliveries = deliveries
        self._outcomes = Outcomes(deliveries, Channel.PUSH, "push", _PUSHES)
        self._services = services
        self._routes = routes
        self._settings = settings
        self._lease = timedelta(seconds=settings.push_timeout_seconds + _MARGIN_SECONDS)
        self._give_up = timedelta(hours=settings.push_give_up_hours)
        self._longest = timedelta(hours=settings.push_keep_hours)

    async def send(self, delivery: ClaimedDelivery, key: PersonKey | None, claim: UUID) -> None:
        """One attempt."""
        none, now = attempt_at(delivery, claim), datetime.now(UTC)
        if key is None:
            await self._outcomes.failed(delivery, none, "person-erased", Fault.PERMANENT)
        elif delivery.useless_at is not None and delivery.useless_at <= now:
            await self._outcomes.failed(delivery, none, "too-late", Fault.TEMPORARY)
        elif delivery.address_doubts:
            # The account went into another: the address is sealed anew, and it goes with the next claim.
            await self._deliveries.readdress(delivery, claim, delivery.address)
            await self._deliveries.release(claim, [delivery.id], timedelta())
        else:
            await self._to_browser(delivery, key, claim)

    async def close(self) -> None:
        """The connections are everybody's; who made them closes them."""

    async def _to_browser(self, delivery: ClaimedDelivery, key: PersonKey, claim: UUID) -> None:
        none = attempt_at(delivery, claim)
        async with self._database.reading() as session:
            row = await push_subscriptions.of_delivery(session, delivery.target)
        server = None if row is None else self._routes.key(row.server_key)
        if row is None or row.person != delivery.person or server is None:
            reply = "key-unknown" if row is not None and server is None else "unsubscribed"
            await self._outcomes.failed(delivery, none, reply, Fault.PERMANENT)
            return
        try:
            browser = browser_of(row, key)
        except (UnreadableError, BrowserKeyError, ValueError) as error:
            await self._outcomes.failed(delivery, none, type(error).__name__, Fault.TECHNICAL)
            return
        breaker = self._routes.breaker(browser.endpoint)
        if not breaker.allows(clock()):
            await self._later(delivery, none, PushAnswer(PushFate.LATER, "service-in-trouble", breaker.waits(clock())))
            return
        attempt = attempt_at(delivery, claim, _PROVIDER)
        if await self._deliveries.hand_over(attempt, lease=self._lease):
            await self._attempt(delivery, attempt, _Target(row, browser, server), self._message(delivery, key))

    async def _attempt(
        self, delivery: ClaimedDelivery, attempt: Attempt, target: _Target, message: PushMessage
    ) -> None:
        answer = await self._services.push(target.browser, target.server, message)
        breaker = self._routes.breaker(target.browser.endpoint)
        if answer.fate in {PushFate.LATER, PushFate.UNANSWERED}:
            breaker.failed(clock())
            await self._later(delivery, attempt, answer)
            return
        breaker.succeeded()
        if answer.fate is PushFate.TAKEN:
            await self._sent(delivery, attempt, answer)
            return
        fault = Fault.PERMANENT if answer.fate is PushFate.GONE else Fault.TECHNICAL
        await self._outcomes.failed(delivery, attempt, answer.reply, fault)
        if answer.fate is PushFate.GONE:
            async with self._database.unit_of_work() as uow:
                await push_subscriptions.gone(uow.session, target.row.id, target.row.version)
                await uow.commit()

    def _message(self, delivery: ClaimedDelivery, key: PersonKey) -> PushMessage:
        """What the line of the inbox says, and where it leads; never a word of the body, nor a secret link."""
        now = datetime.now(UTC)
        text = notification(
            title=self._settings.sender_name(delivery.collectivity),
            body=key.open("message.subject", delivery.subject),
            link=delivery.link or self._settings.public_url,
            language=delivery.language,
            message_id=delivery.message_id,
        )
        return PushMessage(
            text,
            time_to_live(delivery.useless_at, now, self._longest),
            urgency(Template(delivery.template), delivery.useless_at, now),
            topic_of(delivery.id),
        )

    async def _sent(self, delivery: ClaimedDelivery, attempt: Attempt, answer: PushAnswer) -> None:
        await self._outcomes.sent(delivery, attempt, Acceptance(answer.reply))
        async with self._database.unit_of_work() as uow:
            if delivery.target is not None:
                await push_subscriptions.took(uow.session, delivery.target)
            await uow.commit()

    async def _later(self, delivery: ClaimedDelivery, attempt: Attempt, answer: PushAnswer) -> None:
        if datetime.now(UTC) - delivery.begun_at > self._give_up:
            await self._outcomes.failed(delivery, attempt, answer.reply, Fault.TECHNICAL)
            return
        chance = random.random()  # noqa: S311 - spreads load
        pause = timedelta(seconds=retry_seconds(delivery.attempts + 1, answer.retry_after, chance))
        doubtful = answer.fate is PushFate.UNANSWERED
        await self._deliveries.retry(attempt, pause, answer.reply, doubtful=doubtful or delivery.doubtful)
        self._outcomes.told("retry", delivery, attempt.provider, answer.reply)
