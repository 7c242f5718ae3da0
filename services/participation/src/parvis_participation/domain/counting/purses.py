# SPDX-License-Identifier: EUPL-1.2
"""What the voters hold during a count by equal shares, exactly, in integers.

All purses are kept over one common denominator, in groups of voters with the same ballot, who always hold the same.
Sorting and adding integers is what makes 130,000 ballots countable without rounding; fractions would spend their time
in greatest common divisors.
"""

from fractions import Fraction
from math import gcd, lcm

from parvis_participation.domain.counting.election import Election, Project


class Purses:
    """The money of each group of voters, and who supports what."""

    def __init__(self, election: Election) -> None:
        self.projects = {project.code: project for project in election.projects}
        self.scores = election.scores()
        self._times = list(election.ballots.values())
        self._unit = 1
        self._held: list[int] = []
        # For each project, its supporters as (group, points, number of voters in the group).
        self._supporters: dict[str, list[tuple[int, int, int]]] = {code: [] for code in self.projects}
        most = 1
        for group, (choice, times) in enumerate(election.ballots.items()):
            for code, points in choice:
                self._supporters[code].append((group, points, times))
                most = lcm(most, points)
        # A multiple of all points: it makes "money for a point" an integer.
        self._points = most
        self._offers: dict[str, tuple[int, int]] = {}

    def fill(self, share: Fraction) -> None:
        """Give every voter that much, and forget what was paid before."""
        self._unit = share.denominator
        self._held = [share.numerator] * len(self._times)

    def held(self, project: Project) -> Fraction:
        """What the supporters of a project hold together."""
        supporters = self._supporters[project.code]
        return Fraction(sum(self._held[group] * times for group, _, times in supporters), self._unit)

    def rate(self, project: Project, *, per_cost: bool) -> Fraction | None:
        """The lowest rate at which the supporters can buy it, for a unit of utility; None when they cannot.

        A unit of utility is a point, or with ``per_cost`` a point times the project's cost.
        """
        held, scale, unit = self._held, self._points, self._unit
        supporters = self._supporters[project.code]
        missing = project.cost.numerator * unit
        cents = project.cost.denominator
        if cents * sum(held[group] * times for group, _, times in supporters) < missing:
            return None
        points = sum(given * times for _, given, times in supporters)
        # The poorest for a point first: they give all they have, the others share the rest by their points.
        for money, given, times in sorted(
            [(held[group] * (scale // given), given, times) for group, given, times in supporters]
        ):
            if missing * scale <= money * points * cents:
                break
            missing -= money // (scale // given) * times * cents
            points -= given * times
        self._offers[project.code] = (missing, points * cents)
        rate = Fraction(missing, points * cents * unit)
        return rate / project.cost if per_cost else rate

    def pay(self, project: Project) -> tuple[Fraction, int, Fraction]:
        """Take the money at the rate just found; the most that one voter paid, how many paid, and what they held."""
        together = self.held(project)
        missing, points = self._offers[project.code]
        divisor = gcd(missing, points)
        missing, points = missing // divisor, points // divisor
        if points > 1:
            self._unit *= points
            self._held = [money * points for money in self._held]
        payers = most = 0
        for group, given, times in self._supporters[project.code]:
            money = self._held[group]
            paid = min(money, missing * given)
            if paid:
                payers += times
                most = max(most, paid)
                self._held[group] = money - paid
        return Fraction(most, self._unit), payers, together
