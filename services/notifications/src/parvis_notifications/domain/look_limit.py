# SPDX-License-Identifier: EUPL-1.2
"""How often whoever holds a link may look at what takes a few readings of the database."""

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

LOOKS: Final = 20
WINDOW: Final = timedelta(minutes=10)
_MOST_KEPT: Final = 10_000


class LookLimit:
    """So many looks of each in a window, in one process; those who looked longest ago are forgotten first."""

    def __init__(self) -> None:
        self._begun: OrderedDict[UUID, tuple[datetime, int]] = OrderedDict()

    def wait(self, who: UUID, now: datetime) -> timedelta | None:
        """Count a look; how long to wait where that is one too many, which is not counted."""
        since, count = self._begun.get(who, (now, 0))
        since = min(since, now)  # the clock may have been set back
        if now - since >= WINDOW:
            since, count = now, 0
        if count >= LOOKS:
            self._begun[who] = since, count
            return since + WINDOW - now
        self._begun[who] = since, count + 1
        self._begun.move_to_end(who)
        while len(self._begun) > _MOST_KEPT:
            self._begun.popitem(last=False)
        return None
