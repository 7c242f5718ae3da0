# SPDX-License-Identifier: EUPL-1.2
"""Hand a group of notifications of one broadcast to the push services of those whom it is for.

One whose answer was lost goes again as the same, as with what is told to one (``send_push.py``): a browser shows it
once. Of a person with several browsers those that have it are kept, and the others are tried again.
"""

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from parvis_kit.crypto.keys import UnreadableError
from parvis_kit.db.database import Database
from parvis_notifications.db import push_subscriptions
from parvis_notifications.db.broadcast_deliveries import BroadcastDeliveries, ClaimedPart
from parvis_notifications.db.push_tables import PushSubscription
from parvis_notifications.domain.broadcast import LONGEST_HOURS, Lane, PartState, Settled
from parvis_notifications.domain.delivery import Fault
from parvis_notifications.domain.push import notification, retry_seconds, time_to_live, topic_of, urgency_to_many
from parvis_notifications.outgoing.push import PushAnswer, PushFate, PushMessage, PushServices
from parvis_notifications.outgoing.push_crypto import BrowserKeyError
from parvis_notifications.service.broadcast_links import BroadcastLinks
from parvis_notifications.service.push_browsers import browser_of
from parvis_notifications.service.push_routes import PushRoutes, clock
from parvis_notifications.service.send_broadcasts import Group
from parvis_notifications.service.tried import Attempts
from parvis_notifications.settings import Settings

_PROVIDER: Final = "web-push"
_MARGIN_SECONDS: Final = 30.0
_AGAIN: Final = frozenset({PushFate.LATER, PushFate.UNANSWERED})


class PushCarrier:
    """One notification at a time; the breakers of push services are those of all that is told to browsers."""

    def __init__(
        self,
        database: Database,
        deliveries: BroadcastDeliveries,
        services: PushServices,
        routes: PushRoutes,
        links: BroadcastLinks,
        settings: Settings,
    ) -> None:
        self._database = database
        self._deliveries = deliveries
        self._services = services
        self._routes = routes
        self._links = links
        self._settings = settings

    async def close(self) -> None:
        """The connections are everybody's; who made them closes them."""

    async def carry(self, group: Group) -> None:
        """Mark the group, tell the browsers of each, and settle it."""
        settled, able = [], []
        for part in group.parts:
            if part.key_person in group.keys:
                able.append(part)
            else:
                settled.append(Settled(part.recipient, PartState.FAILED, "no-address"))
        numbers, people = [part.recipient for part in able], {part.person for part in able if part.person is not None}
        async with self._database.reading() as session:
            browsers = await push_subscriptions.of_people(session, group.broadcast.collectivity, people)
        # One after the other: the claim outlives the last, and not by much, for others wait that long if this one dies.
        seconds = self._settings.push_timeout_seconds * sum(map(len, browsers.values())) + _MARGIN_SECONDS
        lease = timedelta(seconds=seconds)
        going = await self._deliveries.hand_over(group.broadcast.id, group.claim, numbers, _PROVIDER, lease)
        waiting = [part for part in able if part.recipient in going]
        try:
            while waiting:
                settled.append(await self._tell(group, waiting[0], browsers))
                waiting.pop(0)
        finally:
            await self._deliveries.settle(group.claim, settled)
            # What of the first went when whoever sent it was stopped goes again, as the same.
            begun, others = ([part.recipient for part in each] for each in (waiting[:1], waiting[1:]))
            await self._deliveries.release(group.claim, begun, unsent=False, marked=False)
            await self._deliveries.release(group.claim, others)

    async def _tell(
        self, group: Group, part: ClaimedPart, browsers: Mapping[UUID, Sequence[PushSubscription]]
    ) -> Settled:
        """All browsers of one person."""
        known = browsers.get(part.person, ()) if part.person is not None else ()
        before = set(part.taken_by or ())
        attempts = Attempts(part)
        answers = {row.id: await self._push(group, part, row, attempts) for row in known if row.id not in before}
        await self._keep(known, answers)
        taken = [row.id for row in known if row.id in before or answers[row.id].fate is PushFate.TAKEN]
        again = [answer for answer in answers.values() if answer.fate in _AGAIN]
        if again:
            if taken:
                await self._deliveries.taken(group.claim, part.recipient, taken)
            asked = [each.retry_after for each in again if each.retry_after is not None]
            chance = random.random()  # noqa: S311 - spreads load
            pause = retry_seconds(part.attempts + 1, min(asked, default=None), chance)
            pausing = timedelta(seconds=pause)
            return Settled(part.recipient, PartState.RETRY, again[0].reply, pausing, tried=attempts.made)
        if taken or before:
            return Settled(part.recipient, PartState.SENT, "taken", provider=_PROVIDER, tried=attempts.made)
        reply = next((answer.reply for answer in answers.values()), "unsubscribed")
        return Settled(part.recipient, PartState.FAILED, reply, provider=_PROVIDER, tried=attempts.made)

    async def _push(self, group: Group, part: ClaimedPart, row: PushSubscription, attempts: Attempts) -> PushAnswer:
        server = self._routes.key(row.server_key)
        if server is None or part.key_person is None:
            return PushAnswer(PushFate.REFUSED, "key-unknown")
        try:
            browser = browser_of(row, group.keys[part.key_person])
        except (UnreadableError, BrowserKeyError, ValueError) as error:
            return PushAnswer(PushFate.REFUSED, type(error).__name__)
        breaker = self._routes.breaker(browser.endpoint)
        if not breaker.allows(clock()):
            return PushAnswer(PushFate.LATER, "service-in-trouble", breaker.waits(clock()))
        attempts.begin()
        answer = await self._services.push(browser, server, self._message(group, part, row))
        _noted(attempts, answer)
        if answer.fate in _AGAIN:
            breaker.failed(clock())
        else:
            breaker.succeeded()
        return answer

    async def _keep(self, known: Sequence[PushSubscription], answers: Mapping[UUID, PushAnswer]) -> None:
        """Which browsers are there, and which are gone."""
        taken = [key for key, answer in answers.items() if answer.fate is PushFate.TAKEN]
        gone = [row for row in known if row.id in answers and answers[row.id].fate is PushFate.GONE]
        if taken or gone:
            async with self._database.unit_of_work() as uow:
                await push_subscriptions.took(uow.session, *taken)
                for row in gone:
                    await push_subscriptions.gone(uow.session, row.id, row.version)
                await uow.commit()

    def _message(self, group: Group, part: ClaimedPart, row: PushSubscription) -> PushMessage:
        """The words, which are public; an alert leads to where its recipient says how they are."""
        broadcast, now = group.broadcast, datetime.now(UTC)
        lane, words = Lane(broadcast.lane), group.words.in_language(part.language)
        until = broadcast.frozen_at + timedelta(hours=LONGEST_HOURS[lane])
        until = min(until, broadcast.expires_at or until)
        answer = self._links.answer(part.recipient) if lane is Lane.ALERT else None
        text = notification(
            title=words.sender,
            body=words.brief,
            link=answer or broadcast.link or self._settings.public_url,
            language=words.language,
            message_id=broadcast.id,
        )
        seconds = time_to_live(until, now, timedelta(hours=self._settings.push_keep_hours))
        # Of each browser its own: no push service can tell that two of its users were told the same.
        topic = topic_of(uuid5(broadcast.id, row.id.hex))
        return PushMessage(text, seconds, urgency_to_many(lane), topic)


def _noted(attempts: Attempts, answer: PushAnswer) -> None:
    """One attempt for each browser, none of which is named."""
    match answer.fate:
        case PushFate.TAKEN:
            attempts.accepted(_PROVIDER, answer.reply)
        case PushFate.UNANSWERED:
            attempts.unanswered(_PROVIDER, answer.reply)
        case PushFate.LATER:
            attempts.deferred(_PROVIDER, answer.reply, Fault.TECHNICAL)
        case PushFate.GONE:
            attempts.refused(_PROVIDER, answer.reply, Fault.PERMANENT)
        case PushFate.REFUSED:
            attempts.refused(_PROVIDER, answer.reply, Fault.TECHNICAL)
