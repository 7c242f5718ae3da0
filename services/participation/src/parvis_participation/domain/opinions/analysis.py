# SPDX-License-Identifier: EUPL-1.2
"""All that is computed of a conversation, and what of it can be told without telling of one person.

Every count that is told is rounded to a multiple of the least number of people that figures tell of, no group is
smaller than that, and no position of anybody is told: the map has counts in squares.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from parvis_participation.domain.opinions.clusters import Grouping, Steady, best_of, groupings, steady
from parvis_participation.domain.opinions.landscape import Landscape, landscape
from parvis_participation.domain.opinions.routing import priority
from parvis_participation.domain.opinions.telling import Telling, consensus, group_aware, representative
from parvis_participation.domain.opinions.votes import Floats, Integers, Votes

ENOUGH: Final = 7
"""The least opinions of whoever comes into a group; all statements where there are fewer."""
SQUARES: Final = 16
"""The map has so many squares a side."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is computed. ``groups`` has the group of each participant, -1 of whoever said too little.

    ``tally`` is by group (one of all where they cannot be parted), ``everybody`` of all participants; ``priorities``
    by statement.
    """

    landscape: Landscape
    groups: Integers
    number: int
    silhouette: float | None
    steady: Steady | None
    tally: Integers
    everybody: Integers
    priorities: Floats


def analyse(votes: Votes, smallest: int, before: Steady | None = None) -> Analysis:
    """Everything of those opinions; ``before`` holds the number of groups back, and is None for what is final.

    Raises TooManyOpinionsError from the construction of ``votes`` on, never here.
    """
    seen = landscape(votes)
    told = np.flatnonzero(votes.given() >= max(min(ENOUGH, votes.statements), 1))
    ways = groupings(seen.positions[told], smallest) if len(told) else {}
    kept = steady(before, best_of(ways)) if ways else None
    chosen = _chosen(ways, kept, len(told))
    groups = np.full(votes.participants, -1)
    groups[told] = chosen.groups
    everybody = votes.tally(np.zeros(votes.participants, dtype=np.int64), 1)[0]
    return Analysis(
        landscape=seen,
        groups=groups,
        number=chosen.number,
        silhouette=chosen.silhouette if chosen.number > 1 else None,
        steady=kept,
        tally=votes.tally(groups, chosen.number),
        everybody=everybody,
        priorities=_priorities(everybody, seen.extremity),
    )


def _chosen(ways: Mapping[int, Grouping], kept: Steady | None, people: int) -> Grouping:
    if kept is None:
        return Grouping(np.zeros(people, dtype=np.int64), 1, 0.0)
    # The number that is shown may be one into which they cannot be parted any more.
    return ways[kept.shown if kept.shown in ways else kept.best]


def _priorities(everybody: Integers, extremity: Floats) -> Floats:
    found = [
        priority(int(agree), int(passed), int(agree + disagree + passed), float(far))
        for (agree, disagree, passed), far in zip(everybody, extremity, strict=True)
    ]
    return np.asarray(found, dtype=np.float64)


def rounded(count: int, to: int) -> int:
    """The nearest multiple; the greater one of two."""
    return (2 * count + to) // (2 * to) * to


def told(found: Analysis, numbers: Sequence[int], smallest: int) -> dict[str, Any]:
    """What everybody may read, statements by their ``numbers``; nothing of groups where there is one alone."""
    parted = found.number > 1
    both = {True: group_aware(found.tally, 0), False: group_aware(found.tally, 1)}
    agreed = [
        _statement(found, each, numbers, smallest) | {"group_aware": round(float(both[each.agree][each.statement]), 1)}
        for each in consensus(found.tally, smallest)
    ]
    return {
        "participants": rounded(len(found.groups), smallest),
        "grouped": rounded(int((found.groups >= 0).sum()), smallest),
        "silhouette": None if found.silhouette is None else round(found.silhouette, 1),
        "groups": [_group(found, number, numbers, smallest) for number in range(found.number)] if parted else [],
        "consensus": agreed,
        "map": _map(found, smallest) if parted else [],
    }


def counts(line: Integers, smallest: int) -> dict[str, int] | None:
    """How many agree, disagree and pass, rounded; None where fewer said something than are told of."""
    if int(line.sum()) < smallest:
        return None
    names = ("agree", "disagree", "passed")
    return {name: rounded(int(count), smallest) for name, count in zip(names, line, strict=True)}


def _statement(found: Analysis, each: Telling, numbers: Sequence[int], smallest: int) -> dict[str, Any]:
    return {
        "number": numbers[each.statement],
        "agree": each.agree,
        "counts": [counts(line[each.statement], smallest) for line in found.tally],
    }


def _group(found: Analysis, number: int, numbers: Sequence[int], smallest: int) -> dict[str, Any]:
    told_by = representative(found.tally, number, smallest)
    return {
        "members": rounded(int((found.groups == number).sum()), smallest),
        "statements": [_statement(found, each, numbers, smallest) for each in told_by],
    }


def _map(found: Analysis, smallest: int) -> list[dict[str, int]]:
    """How many of which group stand in which square, from the least coordinates on; squares of few are left out."""
    inside = found.groups >= 0
    points, groups = found.landscape.positions[inside], found.groups[inside]
    low, high = points.min(axis=0), points.max(axis=0)
    place = (points - low) / np.where(high > low, high - low, 1) * SQUARES
    x, y = np.minimum(place.astype(np.int64), SQUARES - 1).T
    counted = np.bincount((groups * SQUARES + x) * SQUARES + y)
    return [
        {
            "group": int(where // SQUARES**2),
            "x": int(where // SQUARES % SQUARES),
            "y": int(where % SQUARES),
            "people": rounded(int(counted[where]), smallest),
        }
        for where in np.flatnonzero(counted >= smallest)
    ]
