# SPDX-License-Identifier: EUPL-1.2
"""How long somebody who guesses must wait: growing delays instead of locks, which anybody could turn on a victim."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Pace:
    """``free`` attempts without a wait, then 1 s, 2 s, 4 s and so on up to ``longest``.

    One attempt is forgotten after each ``forgets``.
    """

    free: int
    longest: timedelta
    forgets: timedelta

    def wait_after(self, attempts: int) -> timedelta:
        """The wait after that many attempts without a success, 1 or more."""
        over = attempts - self.free
        if over <= 0:
            return timedelta(0)
        return min(timedelta(seconds=2.0 ** min(over - 1, 30)), self.longest)


BY_SOURCE: Final = Pace(free=20, longest=timedelta(minutes=15), forgets=timedelta(minutes=1))
"""One network: many people may share it (a library, a school), so it is patient, and forgets soon."""

BY_ACCOUNT: Final = Pace(free=5, longest=timedelta(minutes=5), forgets=timedelta(minutes=15))
"""One account from devices that have never signed in to it."""

BY_DEVICE: Final = Pace(free=10, longest=timedelta(minutes=5), forgets=timedelta(minutes=15))
"""One account from a device that has signed in to it: its owner does not wait because a stranger guesses."""

BY_RECIPIENT: Final = Pace(free=3, longest=timedelta(hours=6), forgets=timedelta(hours=2))
"""Letters to one address."""
