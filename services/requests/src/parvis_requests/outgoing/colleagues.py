# SPDX-License-Identifier: EUPL-1.2
"""What the agents of a town are called, asked of identity and remembered for a minute.

Names of employees are nowhere in this service but here, in the memory of a process. Who looks at a queue never waits
for long, nor fails, for a name: while identity is away they see those that were known within the hour, or none.
"""

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from parvis_requests.domain.author import PeopleDownError
from parvis_requests.domain.colleague import UNKNOWN, Colleague, Directory
from parvis_requests.outgoing.people import People

_SCOPE: Final = "requests.requests.read"
_SECONDS: Final = 2.0
_FRESH_SECONDS: Final = 60.0
_KEPT_SECONDS: Final = 3_600.0
_REST_SECONDS: Final = 10.0
MAX_TOWNS: Final = 50
MAX_PAGES: Final = 10
"""Of 500 agents: of a town that has more, the others have no name here."""


@dataclass(slots=True)
class _Kept:
    directory: Directory = UNKNOWN
    at: float = 0.0
    rests_until: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Colleagues:
    """The directories of towns; ``seconds`` is how long whoever looks at a queue waits for one at most."""

    def __init__(self, people: People, seconds: float = _SECONDS) -> None:
        self._people, self.seconds = people, seconds
        self._kept = OrderedDict[str, _Kept]()

    async def of(self, collectivity: str) -> Directory:
        """The agents of that town, as they were within the hour; UNKNOWN where identity did not say."""
        kept = self._kept.setdefault(collectivity, _Kept())
        self._kept.move_to_end(collectivity)
        while len(self._kept) > MAX_TOWNS:
            self._kept.popitem(last=False)
        async with kept.lock:
            now = time.monotonic()
            if (not kept.directory.known or now >= kept.at + _FRESH_SECONDS) and now >= kept.rests_until:
                await self._ask(collectivity, kept)
        return _still(kept)

    def at_hand(self, collectivity: str) -> Directory:
        """The same, as it is remembered: nobody is asked, for whoever holds a transaction."""
        return _still(self._kept.get(collectivity, _Kept()))

    def forget(self) -> None:
        """Ask anew, whoever looks next."""
        self._kept.clear()

    async def _ask(self, collectivity: str, kept: _Kept) -> None:
        try:
            async with asyncio.timeout(self.seconds):
                found = await self._all(collectivity)
        except (PeopleDownError, TimeoutError):
            kept.rests_until = time.monotonic() + _REST_SECONDS
            return
        kept.directory = Directory(known=True, colleagues={each.person: each for each in found})
        kept.at = time.monotonic()

    async def _all(self, collectivity: str) -> list[Colleague]:
        found = list[Colleague]()
        after: UUID | None = None
        for _ in range(MAX_PAGES):
            page, more = await self._people.colleagues(collectivity, _SCOPE, after)
            found += page
            if not page or not more:
                break
            after = page[-1].person
        return found


def _still(kept: _Kept) -> Directory:
    return kept.directory if time.monotonic() < kept.at + _KEPT_SECONDS else UNKNOWN
