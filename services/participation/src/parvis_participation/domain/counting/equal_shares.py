# SPDX-License-Identifier: EUPL-1.2
"""The method of equal shares: each voter holds an equal part of the budget, and supporters pay for projects together.

D. Peters, G. Pierczyński, P. Skowron, *Proportional Participatory Budgeting with Additive Utilities* (NeurIPS 2021). A
project can be bought at the rate rho when its supporters, each paying rho for a unit of utility or all that is left,
cover its cost; the project with the lowest rate is bought, until none can be.
"""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from fractions import Fraction

from parvis_participation.domain.counting.election import Election, Project
from parvis_participation.domain.counting.greedy import fill
from parvis_participation.domain.counting.outcome import Outcome, Reason, Result
from parvis_participation.domain.counting.purses import Purses


class Utility(StrEnum):
    """What a supporter gains: the cost of the project times the points given, or the points alone."""

    COST = "cost"
    POINTS = "points"


class Completion(StrEnum):
    """What is done with money that nobody can spend together."""

    NONE = "none"
    GREEDY = "greedy"
    INCREMENT = "increment"


def equal_shares(
    election: Election,
    ties: Mapping[str, int],
    *,
    utility: Utility = Utility.COST,
    completion: Completion = Completion.GREEDY,
    increment: Fraction = Fraction(1),
) -> Result:
    """Count by equal shares.

    ``INCREMENT`` gives every voter ``increment`` more, again and again, until no project is left that fits (that
    outcome stands) or the outcome costs more than the budget (the one before stands); what is then left is spent
    greedily.
    """
    if not election.cast:
        return _nobody_voted(election, ties)
    purses = Purses(election)
    share = election.budget / election.cast
    bought = _buy(purses, share, ties, utility)
    if completion is Completion.INCREMENT:
        while not _exhaustive(election, bought):
            share += increment
            more = _buy(purses, share, ties, utility)
            if sum(outcome.cost for outcome in more if outcome.chosen) > election.budget:
                break
            bought = more
    outcomes = bought if completion is Completion.NONE else _completed(election, bought, ties)
    return Result(tuple(outcomes), election.budget, election.cast)


def _nobody_voted(election: Election, ties: Mapping[str, int]) -> Result:
    """Nobody voted: nothing is chosen."""
    ordered = sorted(election.projects, key=lambda project: ties[project.code])
    outcomes = (Outcome(project.code, project.cost, 0, Reason.NO_SUPPORT) for project in ordered)
    return Result(tuple(outcomes), election.budget, 0)


def _buy(purses: Purses, share: Fraction, ties: Mapping[str, int], utility: Utility) -> list[Outcome]:
    """One run: what is bought, in order, then what is not.

    Money only shrinks, so a project's rate only grows: a rate computed earlier is a lower bound, and only the projects
    whose bound does not exceed the best rate found in a round are looked at again.
    """
    purses.fill(share)
    bounds: dict[str, Fraction] = dict.fromkeys(purses.projects, Fraction())
    outcomes: list[Outcome] = []
    while bounds:
        best: tuple[Fraction, int] | None = None
        winner: Project | None = None
        for code in sorted(bounds, key=bounds.__getitem__):
            if best is not None and bounds[code] > best[0]:
                break
            project = purses.projects[code]
            rate = purses.rate(project, per_cost=utility is Utility.COST)
            if rate is None:
                del bounds[code]
                continue
            bounds[code] = rate
            if best is None or (rate, ties[code]) < best:
                best, winner = (rate, ties[code]), project
        if winner is None:
            break
        del bounds[winner.code]
        price, payers, held = purses.pay(winner)
        score = purses.scores[winner.code]
        outcomes.append(Outcome(winner.code, winner.cost, score, Reason.SUPPORTERS_PAID, held, price, payers))
    bought = {outcome.code for outcome in outcomes}
    left = sorted((code for code in purses.projects if code not in bought), key=lambda c: (-purses.scores[c], ties[c]))
    return outcomes + [_short(purses, purses.projects[code]) for code in left]


def _short(purses: Purses, project: Project) -> Outcome:
    score = purses.scores[project.code]
    reason = Reason.SUPPORTERS_SHORT if score else Reason.NO_SUPPORT
    return Outcome(project.code, project.cost, score, reason, purses.held(project))


def _left(election: Election, outcomes: list[Outcome]) -> Fraction:
    return election.budget - sum((outcome.cost for outcome in outcomes if outcome.chosen), Fraction())


def _exhaustive(election: Election, outcomes: list[Outcome]) -> bool:
    left = _left(election, outcomes)
    return not any(outcome.reason is Reason.SUPPORTERS_SHORT and outcome.cost <= left for outcome in outcomes)


def _completed(election: Election, outcomes: list[Outcome], ties: Mapping[str, int]) -> list[Outcome]:
    """What the supporters could not buy alone, by descending score, while the rest of the budget lasts."""
    short = {outcome.code: outcome for outcome in outcomes if outcome.reason is Reason.SUPPORTERS_SHORT}
    scores = {code: outcome.score for code, outcome in short.items()}
    ordered = sorted(
        (project for project in election.projects if project.code in short),
        key=lambda project: (-scores[project.code], ties[project.code]),
    )
    filled = fill(ordered, _left(election, outcomes), scores, Reason.COMPLETED)
    chosen = [outcome for outcome in filled if outcome.chosen]
    # One that is still short keeps the better explanation: what its own supporters held.
    refused = [replace(short[outcome.code], reason=Reason.REST_SHORT) for outcome in filled if not outcome.chosen]
    bought = [outcome for outcome in outcomes if outcome.chosen]
    return bought + chosen + refused + [outcome for outcome in outcomes if outcome.reason is Reason.NO_SUPPORT]
