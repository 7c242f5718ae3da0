# SPDX-License-Identifier: EUPL-1.2
"""What providers could not bring while nobody answered here is looked up in their lists, and taken in as if brought.

A provider tries a few times and gives up. What it has brought is known by the same name, and is one message
(docs/decisions/0067-texts-and-calls-come-by-signed-hooks.md).
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from prometheus_client import Counter

from parvis_kit.logs import logger
from parvis_kit.runtime import Runtime
from parvis_notifications.db.inbound_looks import InboundLooks
from parvis_notifications.domain.breaker import Breaker
from parvis_notifications.domain.errors import TooManyReceivedError
from parvis_notifications.incoming.twilio_forms import BroughtText, MalformedFormError, read_listed
from parvis_notifications.outgoing.sms import SmsUnreachableError
from parvis_notifications.outgoing.twilio import Twilio
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.in_rounds import in_rounds
from parvis_notifications.service.receive_hooks import ReceiveHooks
from parvis_notifications.service.sms_routes import Routes
from parvis_notifications.settings import Settings

# Fifty pages, and what is done with ten thousand messages.
_LEASE: Final = timedelta(minutes=30)
# The provider may be bringing it at this moment, or trying again.
_SETTLED: Final = timedelta(minutes=2)
# So late a message may come to stand in the list.
_OVERLAP: Final = timedelta(hours=1)
_AGAIN: Final = timedelta(minutes=10)
_ROUND_SECONDS: Final = 30.0
_DAY: Final = timedelta(days=1)
_log = logger(__name__)
_LOOKS: Final = Counter(
    "parvis_inbound_looks_total", "Looks for text messages that were not brought, by what came of them", ["outcome"]
)


class TextCatchUp:
    """The loop over the numbers of towns, at each provider whose list can be read."""

    def __init__(self, looks: InboundLooks, receive: ReceiveHooks, routes: Routes, settings: Settings) -> None:
        self._looks = looks
        self._receive = receive
        self._providers = [route.provider for route in routes if isinstance(route.provider, Twilio)]
        self._breakers = {provider.name: Breaker() for provider in self._providers}
        self._numbers = settings.inbound_numbers
        self._every = timedelta(minutes=settings.inbound_look_minutes)
        # What came before may have been brought, and its mark be gone.
        self._furthest = timedelta(days=settings.inbound_retention_days) * 0.9
        self._begun: set[tuple[str, str]] = set()

    async def run(self) -> None:
        """Look until cancelled."""
        await in_rounds(self.round, Bell(), _ROUND_SECONDS, "text_catch_up")

    async def round(self) -> bool:
        """Each number that is due, once; False, for there is never more at once."""
        for provider in self._providers:
            for number, town in self._numbers.items():
                if (provider.name, number) not in self._begun:
                    await self._looks.begin(provider.name, number, town)
                    self._begun.add((provider.name, number))
                if self._breakers[provider.name].waits(_now()) == 0:
                    await self._number(provider, number, town)
        return False

    async def _number(self, provider: Twilio, number: str, town: str) -> None:
        claimed = await self._looks.claim(provider.name, number, town, _LEASE)
        if claimed is None or not self._breakers[provider.name].allows(_now()):
            return
        begun_at, seen_at = claimed
        until = datetime.now(UTC) - _SETTLED
        since = max(begun_at, seen_at - _OVERLAP, until - self._furthest)
        try:
            reached = await self._between(provider, number, town, (since, until))
        except SmsUnreachableError as error:
            self._breakers[provider.name].failed(_now())
            _LOOKS.labels("unreachable").inc()
            _log.warning("inbound_texts_not_listed", provider=provider.name, reply=str(error))
            await self._looks.put_off(provider.name, number, town, min(self._every, _AGAIN))
            return
        self._breakers[provider.name].succeeded()
        _LOOKS.labels("whole" if reached == until else "full").inc()
        pause = self._every if reached == until else _AGAIN
        await self._looks.seen(provider.name, number, town, reached, pause)

    async def _between(self, provider: Twilio, number: str, town: str, span: tuple[datetime, datetime]) -> datetime:
        """Take in what came in that time, day by day; up to when all of it was possible.

        What the town takes no more in this hour keeps nothing out that is done at once: STOP, and answers to alerts.
        """
        since, until = span
        reached = until
        day = since.astimezone(UTC).date()
        while datetime.combine(day, time(), UTC) <= until:
            listed, whole = await provider.received(number, day)
            if not whole:
                _LOOKS.labels("cut").inc()
                _log.warning("inbound_texts_too_many_listed", provider=provider.name, day=day.isoformat())
            for each in listed:
                text = self._read(each, number)
                if text is not None and since <= text[1] <= until and not await self._taken(provider, town, *text):
                    reached = min(reached, text[1])
            day += _DAY
        return reached

    def _read(self, found: Mapping[str, Any], number: str) -> tuple[BroughtText, datetime] | None:
        try:
            text, came_at = read_listed(found)
        except MalformedFormError:
            _LOOKS.labels("unreadable").inc()
            return None
        return (text, came_at) if text.to == number else None

    async def _taken(self, provider: Twilio, town: str, text: BroughtText, came_at: datetime) -> bool:
        """It is here, by now or before; False where the town takes no more in this hour."""
        others = [f"{each.name} {text.sid}" for each in self._providers if each is not provider]
        if others and await self._receive.has(town, others):  # two names of ours for one account
            return True
        try:
            await self._receive.text(town, f"{provider.name} {text.sid}", replace(text.text, came_at=came_at))
        except TooManyReceivedError:
            return False
        return True


def text_catch_ups(runtime: Runtime[Settings], routes: Routes) -> Sequence[TextCatchUp]:
    """The loop; none where no town has a number, or nobody is to be asked."""
    settings = runtime.settings
    if not settings.inbound_look_minutes or not settings.inbound_numbers:
        return ()
    receive = ReceiveHooks(runtime.database, runtime.persons, runtime.blind_index, settings)
    return (TextCatchUp(InboundLooks(runtime.database.pool), receive, routes, settings),)


def _now() -> float:
    return asyncio.get_running_loop().time()
