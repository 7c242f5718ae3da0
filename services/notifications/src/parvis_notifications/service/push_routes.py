# SPDX-License-Identifier: EUPL-1.2
"""The keys by which push services know us, and the breaker of each service: one in trouble holds up no other."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from parvis_notifications.domain.breaker import Breaker
from parvis_notifications.outgoing.push_crypto import ServerKey
from parvis_notifications.settings import Settings

# People name the services: so many are remembered, those of the longest ago are forgotten.
_MOST_SERVICES: Final = 500


class PushRoutes:
    """All of them, for one process."""

    def __init__(self, keys: Sequence[ServerKey]) -> None:
        self._keys = {key.public: key for key in keys}
        self._breakers: OrderedDict[str, Breaker] = OrderedDict()

    def key(self, public: str) -> ServerKey | None:
        """The key that a subscription was made for; None for one that is used no longer."""
        return self._keys.get(public)

    def breaker(self, endpoint: str) -> Breaker:
        """That of the service behind an address."""
        service = urlsplit(endpoint).netloc
        found = self._breakers.setdefault(service, Breaker())
        self._breakers.move_to_end(service)
        while len(self._breakers) > _MOST_SERVICES:
            self._breakers.popitem(last=False)
        return found


def server_keys(settings: Settings) -> list[ServerKey]:
    """As the settings have them: new subscriptions are made for the first."""
    contact = settings.push_contact or settings.public_url
    return [ServerKey(each.get_secret_value(), contact) for each in settings.push_private_keys]


def clock() -> float:
    """What the breakers count by, in seconds."""
    return asyncio.get_running_loop().time()
