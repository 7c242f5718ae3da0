# SPDX-License-Identifier: EUPL-1.2
"""Count elections with pabutools: a program of its own, run beside the tests in an environment of its own.

Reads a list of elections in JSON from standard input, and writes the chosen codes of each. No part of Parvis imports
this file or pabutools, which is under the GPL.
"""

import json
import sys
from typing import Any

from gmpy2 import mpq
from pabutools.election import (
    AdditiveSatisfaction,
    ApprovalBallot,
    ApprovalProfile,
    CardinalBallot,
    Cardinality_Sat,
    CardinalProfile,
    Cost_Sat,
    Instance,
    Project,
)
from pabutools.rules import completion_by_rule_combination, greedy_utilitarian_welfare, method_of_equal_shares
from pabutools.tiebreaking import TieBreakingRule


class CostPoints(AdditiveSatisfaction):  # type: ignore[misc] # published without type information
    """Points times cost."""

    def __init__(self, instance: Any, profile: Any, ballot: Any) -> None:
        super().__init__(instance, profile, ballot, lambda _i, _p, b, project, _c: b.get(project, 0) * project.cost)


class Points(AdditiveSatisfaction):  # type: ignore[misc] # same
    """Points alone."""

    def __init__(self, instance: Any, profile: Any, ballot: Any) -> None:
        super().__init__(instance, profile, ballot, lambda _i, _p, b, project, _c: b.get(project, 0))


def chosen(election: dict[str, Any]) -> list[str]:
    """The codes that the rule chooses."""
    projects = {code: Project(code, mpq(cost)) for code, cost in election["projects"].items()}
    budget = mpq(election["budget"])
    stop = election["rule"] == "greedy-stop"
    # pabutools always skips: what stops at the first that no longer fits is a prefix of what an endless budget takes.
    instance = Instance(projects.values(), sum(p.cost for p in projects.values()) if stop else budget)
    approvals = election["kind"] == "approval"
    profile = ApprovalProfile(instance=instance) if approvals else CardinalProfile(instance=instance)
    supported = set()
    for choice, times in election["ballots"]:
        supported |= {code for code, _ in choice}
        for _ in range(times):
            if approvals:
                profile.append(ApprovalBallot(projects[code] for code, _ in choice))
            else:
                profile.append(CardinalBallot({projects[code]: points for code, points in choice}))
    ties = TieBreakingRule(lambda _i, _p, project: election["ties"][project.name])
    # Greedy by votes or points is, for pabutools, greedy by satisfaction for each euro of satisfaction in euros.
    by_cost, by_points = (Cost_Sat, Cardinality_Sat) if approvals else (CostPoints, Points)
    first = {"sat_class": by_cost, "tie_breaking": ties}
    if election["rule"] == "equal-shares":
        shares = {"sat_class": by_cost if election["utility"] == "cost" else by_points, "tie_breaking": ties}
        if election["completion"] in {"increment", "increment-only"}:
            shares["voter_budget_increment"] = mpq(election["increment"])
        if election["completion"] in {"none", "increment-only"}:
            outcome = method_of_equal_shares(instance, profile, **shares)
        else:
            rules = [method_of_equal_shares, greedy_utilitarian_welfare]
            outcome = completion_by_rule_combination(instance, profile, rules, [shares, first])
    else:
        outcome = greedy_utilitarian_welfare(instance, profile, **first)
    if stop:
        ordered, taken, spent = list(outcome), [], 0
        for project in ordered:
            spent += project.cost
            if spent > budget:
                break
            taken.append(project)
        outcome = taken
    # pabutools also takes what nobody wants while there is money.
    return sorted(project.name for project in outcome if project.name in supported)


if __name__ == "__main__":
    json.dump([chosen(election) for election in json.load(sys.stdin)], sys.stdout)
