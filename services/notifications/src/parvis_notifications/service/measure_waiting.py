# SPDX-License-Identifier: EUPL-1.2
"""Figures of how long the oldest deliveries and the letters of mail rooms wait; each worker measures the same."""

from typing import Any, Final

import asyncpg
from prometheus_client import Gauge

from parvis_notifications.db import waiting
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.in_rounds import in_rounds

_EVERY_SECONDS: Final = 30.0
_OLDEST: Final = Gauge(
    "parvis_deliveries_oldest_seconds", "Age of the oldest delivery that is to go", ["channel", "turn", "state"]
)
_LETTERS: Final = Gauge(
    "parvis_mail_room_oldest_seconds", "Age of the oldest letter that the mail room has not posted", ["collectivity"]
)


class WaitingMeasurer:
    """The loop that measures; a town whose last letter was posted has waited for none since."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool
        self._towns: set[str] = set()

    async def run(self) -> None:
        """Measure until cancelled."""
        await in_rounds(self.round, Bell(), _EVERY_SECONDS, "waiting_measurer")

    async def round(self) -> bool:
        """Once; there is never more to do."""
        for each in await waiting.deliveries(self._pool):
            _OLDEST.labels(each.channel, "bulk" if each.bulk else "usual", each.state).set(each.seconds)
        letters = await waiting.mail_room_letters(self._pool)
        self._towns |= letters.keys()
        for town in self._towns:
            _LETTERS.labels(town).set(letters.get(town, 0))
        return False
