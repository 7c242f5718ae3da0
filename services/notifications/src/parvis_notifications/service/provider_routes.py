# SPDX-License-Identifier: EUPL-1.2
"""The providers of one channel in their order, each with its breaker and its pace; the next one steps in for one."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, Protocol, TypeVar

from parvis_notifications.domain.breaker import Breaker
from parvis_notifications.service.turns import Turns

# Longer than a breaker's first pause: whoever comes back then finds a provider that may be tried.
_LONGEST_WAIT: Final = 60.0


class Provider(Protocol):
    """Whoever carries messages of some channel; ``name`` is the town's own word for it."""

    name: str

    async def close(self) -> None:
        """Close the connections."""


P = TypeVar("P", bound=Provider)


@dataclass(slots=True)
class ProviderRoute(Generic[P]):
    """One provider; ``unit_millicents`` is what a unit costs where the provider does not say: a segment, a minute."""

    provider: P
    unit_millicents: int
    turns: Turns
    breaker: Breaker = field(default_factory=Breaker)

    async def turn(self, *, urgent: bool = False) -> None:
        """Wait for it, among the calls of all workers; alerts are ``urgent``. Raises what the database raises."""
        await self.turns.wait(urgent=urgent)

    @property
    def ready(self) -> bool:
        """Whether it may be used now: looked at alone, which has no breaker let anybody try."""
        return self.breaker.waits(_now()) == 0

    def failed(self) -> None:
        """The provider was in trouble."""
        self.breaker.failed(_now())

    def refused(self, *, trouble: bool) -> None:
        """It did not take one: of which it is well, unless it was in ``trouble``."""
        if trouble:
            self.failed()
        else:
            self.breaker.succeeded()


class ProviderRoutes(Generic[P]):
    """All of them."""

    def __init__(self, routes: Sequence[ProviderRoute[P]]) -> None:
        self._routes = routes
        self._by_name = {route.provider.name: route for route in routes}

    def __len__(self) -> int:
        return len(self._routes)

    def __iter__(self) -> Iterator[ProviderRoute[P]]:
        return iter(self._routes)

    def open(self, before: str = "") -> Iterator[ProviderRoute[P]]:
        """Those that may be used now, the first choice first; one of that name ``before`` all."""
        order = sorted(self._routes, key=lambda route: route.provider.name != before)
        return (route for route in order if route.breaker.allows(_now()))

    @property
    def ready(self) -> bool:
        """Whether one of them may be used now."""
        return any(route.ready for route in self._routes)

    @property
    def pace(self) -> float | None:
        """How many calls a second the first one takes that may be used now; None where there is none at all."""
        paces = [route.turns.per_second for route in self._routes if route.ready]
        return next(iter(paces), min((route.turns.per_second for route in self._routes), default=None))

    def named(self, name: str) -> ProviderRoute[P] | None:
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


def _now() -> float:
    return asyncio.get_running_loop().time()
