# SPDX-License-Identifier: EUPL-1.2
"""The rules of a vote as rows keep them, in JSON: the same of polls and of participatory budgets."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

from parvis_participation.domain.counting.ballot import BallotRules, Kind
from parvis_participation.domain.counting.count import Method, Rule
from parvis_participation.domain.counting.election import Project
from parvis_participation.domain.counting.equal_shares import Completion, Utility
from parvis_participation.domain.eligibility import Eligibility


def envelopes_of(budgets: Sequence[Mapping[str, Any]]) -> dict[str | None, Fraction]:
    """The money of each area; without area, that of the whole city."""
    return {budget["area"]: Fraction(budget["amount"]) for budget in budgets}


def projects_of(options: Sequence[Mapping[str, Any]]) -> tuple[Project, ...]:
    """What can be chosen."""
    return tuple(_project(option["code"], option["cost"], option["area"]) for option in options)


# Each vote reads two hundred of them again, and an exact amount takes longer to read than to look up.
@lru_cache(maxsize=10_000)
def _project(code: str, cost: str, area: str | None) -> Project:
    return Project(code, Fraction(cost), area)


def ballot_rules(rules: Mapping[str, Any], budgets: Mapping[str | None, Fraction]) -> BallotRules:
    """What a ballot may say; a knapsack holds all the money there is."""
    kind = Kind(rules["kind"])
    return BallotRules(
        kind=kind,
        least=rules["least"],
        most=rules["most"],
        points=rules["points"],
        points_each=rules["points_each"],
        budget=sum(budgets.values(), Fraction()) if kind is Kind.KNAPSACK else None,
    )


def method_of(method: Mapping[str, Any]) -> Method:
    """How the ballots are counted."""
    return Method(
        Rule(method["rule"]),
        Utility(method["utility"]),
        Completion(method["completion"]),
        Fraction(method["increment"]),
    )


def eligibility_of(conditions: dict[str, Any] | None) -> Eligibility:
    """The conditions of a poll; those of before there were any are the weakest ones."""
    given = conditions or {}
    sets: dict[str, Any] = {name: frozenset(given[name]) for name in ("areas", "channels") if name in given}
    return Eligibility(**given | sets)
