# SPDX-License-Identifier: EUPL-1.2
"""What a ballot may say: approval, knapsack, points or ranking."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from parvis_participation.domain.counting.election import Choice
from parvis_participation.domain.errors import BallotError, BallotFault, LimitsError


class Kind(StrEnum):
    """How a voter chooses."""

    APPROVAL = "approval"
    KNAPSACK = "knapsack"
    POINTS = "points"
    RANKING = "ranking"


@dataclass(frozen=True, slots=True)
class BallotRules:
    """The limits of a ballot.

    ``least`` and ``most`` bound the number of projects; ``points`` is the most that one ballot may give in all, and
    ``points_each`` to one project; ``budget`` is what a knapsack holds.
    """

    kind: Kind
    least: int
    most: int
    points: int | None = None
    points_each: int | None = None
    budget: Fraction | None = None

    def __post_init__(self) -> None:
        pointless = self.points is None and self.points_each is None
        if self.least > self.most or not (self.kind is Kind.POINTS or pointless):
            raise LimitsError

    def check(self, choice: Choice, costs: Mapping[str, Fraction]) -> None:
        """Raise BallotError, with the fault, for what these rules do not allow; ``costs`` has all the projects."""
        codes = [code for code, _ in choice]
        if len(set(codes)) != len(codes):
            raise BallotError(BallotFault.REPEATED)
        if not costs.keys() >= set(codes):
            raise BallotError(BallotFault.UNKNOWN)
        if not self.least <= len(codes) <= self.most:
            raise BallotError(BallotFault.NUMBER)
        if self.kind is Kind.POINTS:
            self._check_points([points for _, points in choice])
        elif any(points != 1 for _, points in choice):
            raise BallotError(BallotFault.POINTS)
        if self.kind is Kind.KNAPSACK and self.budget is not None and sum(costs[code] for code in codes) > self.budget:
            raise BallotError(BallotFault.COST)

    def _check_points(self, points: list[int]) -> None:
        if any(given < 1 for given in points):
            raise BallotError(BallotFault.POINTS)
        if self.points_each is not None and any(given > self.points_each for given in points):
            raise BallotError(BallotFault.POINTS)
        if self.points is not None and sum(points) > self.points:
            raise BallotError(BallotFault.POINTS)
