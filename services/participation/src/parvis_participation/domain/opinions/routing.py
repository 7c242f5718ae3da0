# SPDX-License-Identifier: EUPL-1.2
"""Which statements somebody is shown next: by chance, those first that few have seen or that part people.

The weights are those that Polis publishes: agreement and distinctness count, passing counts against, and the fewer have
seen a statement the more (by a factor from nine for a new one down to one).
"""

from collections.abc import Sequence
from random import Random
from typing import Final, TypeVar

T = TypeVar("T")
_NEW: Final = 8
_SEEN: Final = 5


def priority(agree: int, passed: int, seen: int, extremity: float) -> float:
    """The weight of a statement that ``seen`` people had an opinion on; always greater than nothing."""
    weight = (1 - (passed + 1) / (seen + 2)) * (extremity + 1) * ((agree + 1) / (seen + 2))
    return float((weight * (1 + _NEW * 2 ** (-seen / _SEEN))) ** 2)


NEW_PRIORITY: Final = priority(0, 0, 0, 0.0)
"""That of a statement of which nothing was computed yet."""


def drawn(weighted: Sequence[tuple[T, float]], most: int, chance: Random) -> list[T]:
    """At most that many, one after the other, each drawn by its weight among those that are left.

    By waiting times: of exponential ones the shortest is one's with the probability of its rate among all rates.
    """
    waits = [(chance.expovariate(weight), each) for each, weight in weighted]
    return [each for _, each in sorted(waits, key=lambda pair: pair[0])[:most]]
