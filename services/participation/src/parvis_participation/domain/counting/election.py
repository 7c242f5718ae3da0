# SPDX-License-Identifier: EUPL-1.2
"""What a count starts from: projects with costs, and ballots grouped by what they say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from parvis_participation.domain.errors import CostError

Choice = tuple[tuple[str, int], ...]
"""What a ballot says: project codes with points, in the order of preference; without points of its own each has 1."""


@dataclass(frozen=True, slots=True)
class Project:
    """Something that can be chosen. ``cost`` is exact, in the currency's unit; without ``area`` it is city-wide."""

    code: str
    cost: Fraction
    area: str | None = None

    def __post_init__(self) -> None:
        if self.cost <= 0:
            raise CostError(self.code)


@dataclass(frozen=True, slots=True)
class Election:
    """Projects, their budget, and each distinct ballot with the number of those who cast it.

    Identical ballots count together: the time of a count follows the number of different ballots.
    """

    projects: tuple[Project, ...]
    budget: Fraction
    ballots: Mapping[Choice, int]

    @property
    def cast(self) -> int:
        """How many ballots were cast."""
        return sum(self.ballots.values())

    def scores(self) -> dict[str, int]:
        """The points of each project: the number of ballots that name it, where a ballot gives no points."""
        scores = dict.fromkeys((project.code for project in self.projects), 0)
        for choice, times in self.ballots.items():
            for code, points in choice:
                scores[code] += points * times
        return scores

    def votes(self) -> dict[str, int]:
        """How many ballots name each project, whatever the points."""
        votes = dict.fromkeys((project.code for project in self.projects), 0)
        for choice, times in self.ballots.items():
            for code, _ in choice:
                votes[code] += times
        return votes


def grouped(choices: Iterable[Choice], *, ordered: bool = False) -> dict[Choice, int]:
    """Ballots with the number of times each was cast; the order of the codes counts only where ``ordered``."""
    groups: dict[Choice, int] = {}
    for choice in choices:
        key = choice if ordered else tuple(sorted(choice))
        groups[key] = groups.get(key, 0) + 1
    return groups
