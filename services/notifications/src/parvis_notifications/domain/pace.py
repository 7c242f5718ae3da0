# SPDX-License-Identifier: EUPL-1.2
"""At most so many calls a second to one provider, by all workers together.

A worker reserves a run of turns, evenly spaced and shortly ahead, and gives them to its own calls. Who dies loses what
it had reserved: half a second. Alerts go before all else, and wait for no more than what was reserved before they came.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from parvis_notifications.domain.breaker import Throttle

RUN: Final = timedelta(seconds=0.5)
"""How long a run of turns is at most, how far ahead its first may be, and how late one may still be taken."""
_SHORTEST_WAIT: Final = timedelta(seconds=0.01)


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one provider: from ``next_at`` on nobody has a turn; until ``held_until`` alerts alone are given any."""

    next_at: datetime
    held_until: datetime


@dataclass(frozen=True, slots=True)
class Grant:
    """So many turns, the first one after ``wait``; none: ask again after it."""

    turns: int
    wait: timedelta


def gap(per_second: float) -> timedelta:
    """Between two turns."""
    return timedelta(microseconds=ceil(1_000_000 / per_second))


def longest_run(per_second: float) -> int:
    """How many turns are reserved at a time at most; one at least."""
    return max(1, int(per_second * RUN.total_seconds()))


def reserve(
    standing: Standing, now: datetime, per_second: float, wanted: int, *, urgent: bool
) -> tuple[Standing, Grant]:
    """What becomes of the standing, and what whoever wants ``wanted`` turns is given; ``urgent`` for an alert.

    Nobody waits longer than for one run and one gap, whatever stands there: a database's clock may have been set back.
    What nobody can have reserved by now is therefore taken out of the standing, be it that no turn is given.
    """
    between = gap(per_second)
    furthest = now + RUN + max(RUN, between)
    standing = Standing(min(standing.next_at, furthest), min(standing.held_until, furthest + RUN))
    begins, held = max(now, standing.next_at), standing.held_until
    if held > now and not urgent:
        return standing, Grant(0, max(held - now, _SHORTEST_WAIT))
    if begins - now > RUN:
        # Whoever asks for an alert comes back a little before that turn, and finds it.
        mark = Standing(standing.next_at, max(held, begins + RUN)) if urgent else standing
        return mark, Grant(0, max(begins - RUN - now, _SHORTEST_WAIT))
    turns = max(1, min(wanted, longest_run(per_second)))
    ends = begins + turns * between
    return Standing(ends, max(held, ends + RUN) if urgent else held), Grant(turns, begins - now)


def claimable(batch: int, per_second: float | None, seconds: float) -> int:
    """How many to claim for so long: no more than have their turn within it; one at least."""
    return batch if per_second is None else max(1, min(batch, int(per_second * seconds)))


class Run:
    """The turns that one worker has reserved; times are seconds of a monotonic clock."""

    def __init__(self, per_second: float) -> None:
        self._throttle = Throttle(per_second)
        self._gap = gap(per_second).total_seconds()
        self._longest = longest_run(per_second)
        self._next = 0.0
        self._left = 0
        self._size = 0

    def add(self, turns: int, first_at: float) -> None:
        """These were reserved; none is left of those before."""
        self._next, self._left, self._size = first_at, turns, turns

    def take(self, now: float) -> float | None:
        """Seconds until the next turn, which is taken; None where none is left. What nobody took in time is lost."""
        while self._left:
            at = self._next
            self._next += self._gap
            self._left -= 1
            if at + RUN.total_seconds() >= now:
                at = max(at, now)
                return at - now + self._throttle.turn(at)
            self._size = 0
        return None

    def wanted(self, now: float, waiting: int) -> int:
        """How many to reserve for so many that wait: twice as many as before while all of them are used."""
        steady = now <= self._next + RUN.total_seconds()
        return min(self._longest, max(1, waiting, 2 * self._size if steady else 0))
