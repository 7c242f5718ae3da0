# SPDX-License-Identifier: EUPL-1.2
"""The providers of text messages in their order, each with its breaker and its pace; the next one steps in for one."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from parvis_notifications.domain.breaker import Breaker, Throttle
from parvis_notifications.outgoing.smpp import ReceiptBook, Smpp
from parvis_notifications.outgoing.sms import SmsProvider
from parvis_notifications.outgoing.twilio import Twilio
from parvis_notifications.settings import Settings
from parvis_notifications.sms_settings import SmsProviderSettings

# Longer than a breaker's first pause: whoever comes back then finds a provider that may be tried.
_LONGEST_WAIT: Final = 60.0


@dataclass(slots=True)
class Route:
    """One provider; ``segment_millicents`` is what a segment costs where the provider does not say."""

    provider: SmsProvider
    segment_millicents: int
    throttle: Throttle
    breaker: Breaker = field(default_factory=Breaker)

    async def turn(self) -> None:
        """Wait for it."""
        await asyncio.sleep(self.throttle.turn(_now()))

    def failed(self) -> None:
        """The provider was in trouble."""
        self.breaker.failed(_now())


class Routes:
    """All of them."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = routes
        self._by_name = {route.provider.name: route for route in routes}

    def __len__(self) -> int:
        return len(self._routes)

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes)

    def open(self) -> Iterator[Route]:
        """Those that may be used now, the first choice first."""
        return (route for route in self._routes if route.breaker.allows(_now()))

    def named(self, name: str) -> Route | None:
        """One of them; None for a provider that is no longer used."""
        return self._by_name.get(name)

    def wait_seconds(self) -> float:
        """After which time to try again what none has taken."""
        waits = [route.breaker.waits(_now()) for route in self._routes]
        return min([*waits, _LONGEST_WAIT]) or 1.0

    async def close(self) -> None:
        """Close the connections."""
        for route in self._routes:
            await route.provider.close()


def sms_routes(settings: Settings, receipts: ReceiptBook) -> Routes:
    """As the settings have them; they hold connections from now on."""
    made = [
        Route(_provider(each, settings, receipts), each.segment_millicents, Throttle(each.per_second))
        for each in settings.sms_providers
    ]
    return Routes(made)


def _provider(each: SmsProviderSettings, settings: Settings, receipts: ReceiptBook) -> SmsProvider:
    if each.kind == "smpp":
        # To connect, to bind, to have a turn and to be answered are four waits.
        return Smpp(each, receipts, timeout=settings.sms_timeout_seconds / 4)
    return Twilio(each, timeout=settings.sms_timeout_seconds)


def _now() -> float:
    return asyncio.get_running_loop().time()
