# SPDX-License-Identifier: EUPL-1.2
"""Count ballots by a declared method, each envelope of money by itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from parvis_participation.domain.counting.ballot import Kind
from parvis_participation.domain.counting.election import Choice, Election, Project
from parvis_participation.domain.counting.equal_shares import Completion, Utility, equal_shares
from parvis_participation.domain.counting.greedy import greedy
from parvis_participation.domain.counting.instant_runoff import instant_runoff
from parvis_participation.domain.counting.outcome import Result
from parvis_participation.domain.counting.schulze import schulze
from parvis_participation.domain.counting.ties import tie_order
from parvis_participation.domain.errors import MethodError


class Rule(StrEnum):
    """How ballots become a result."""

    GREEDY = "greedy"
    GREEDY_STOP = "greedy-stop"
    EQUAL_SHARES = "equal-shares"
    SCHULZE = "schulze"
    SCHULZE_WINNER = "schulze-winner"
    INSTANT_RUNOFF = "instant-runoff"

    @property
    def ranked(self) -> bool:
        """Whether it counts rankings."""
        return self in {Rule.SCHULZE, Rule.SCHULZE_WINNER, Rule.INSTANT_RUNOFF}


@dataclass(frozen=True, slots=True)
class Method:
    """A rule with its parameters, as published before the vote; the last three are of equal shares alone."""

    rule: Rule
    utility: Utility = Utility.COST
    completion: Completion = Completion.GREEDY
    increment: Fraction = Fraction(1)

    def check(self, kind: Kind) -> None:
        """Raise MethodError where this rule does not count ballots of that kind."""
        if self.rule.ranked is not (kind is Kind.RANKING) or self.increment <= 0:
            raise MethodError


def count(election: Election, method: Method, seed: bytes) -> Result:
    """The result; the same ballots, method and seed always give the same."""
    ties = tie_order((project.code for project in election.projects), seed)
    match method.rule:
        case Rule.GREEDY | Rule.GREEDY_STOP:
            return greedy(election, ties, stop=method.rule is Rule.GREEDY_STOP)
        case Rule.EQUAL_SHARES:
            return equal_shares(
                election, ties, utility=method.utility, completion=method.completion, increment=method.increment
            )
        case Rule.SCHULZE | Rule.SCHULZE_WINNER:
            return schulze(election, ties, single=method.rule is Rule.SCHULZE_WINNER)
        case Rule.INSTANT_RUNOFF:
            return instant_runoff(election, ties)


def count_each(
    projects: Iterable[Project],
    budgets: Mapping[str | None, Fraction],
    ballots: Mapping[Choice, int],
    method: Method,
    seed: bytes,
) -> dict[str | None, Result]:
    """The result of each area, and of the whole city; where there is nothing to choose, nothing is."""
    return {
        area: count(election, method, seed) if election.projects else Result((), election.budget, 0)
        for area, election in envelopes(projects, budgets, ballots).items()
    }


def envelopes(
    projects: Iterable[Project], budgets: Mapping[str | None, Fraction], ballots: Mapping[Choice, int]
) -> dict[str | None, Election]:
    """One election for each budget: that of an area, and without area the city-wide one.

    Each has the projects of its area, and of each ballot what it says of them; who says nothing of an area's projects
    has no part in its budget.
    """
    projects = list(projects)
    return {area: _envelope(projects, area, budget, ballots) for area, budget in budgets.items()}


def _envelope(projects: list[Project], area: str | None, budget: Fraction, ballots: Mapping[Choice, int]) -> Election:
    own = tuple(project for project in projects if project.area == area)
    codes = {project.code for project in own}
    parts: dict[Choice, int] = {}
    for choice, times in ballots.items():
        part = tuple(item for item in choice if item[0] in codes)
        if part:
            parts[part] = parts.get(part, 0) + times
    return Election(own, budget, parts)
