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
from parvis_participation.domain.counting.increments import last_share
from parvis_participation.domain.counting.outcome import Outcome, Reason, Result
from parvis_participation.domain.counting.purchases import Terms, Utility, purchases
from parvis_participation.domain.counting.purses import Purses

__all__ = ["Completion", "Utility", "equal_shares"]


class Completion(StrEnum):
    """What is done with money that nobody can spend together."""

    NONE = "none"
    GREEDY = "greedy"
    INCREMENT = "increment"
    INCREMENT_ONLY = "increment-only"


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
    greedily, and not at all by ``INCREMENT_ONLY``.
    """
    if not election.cast:
        return _nobody_voted(election, ties)
    purses, terms = Purses(election), Terms(ties, utility)
    share = election.budget / election.cast
    if completion in {Completion.INCREMENT, Completion.INCREMENT_ONLY}:
        share = last_share(purses, election.budget, share, increment, terms)
    bought = _buy(purses, share, terms)
    spent = completion in {Completion.NONE, Completion.INCREMENT_ONLY}
    outcomes = bought if spent else _completed(election, bought, ties)
    return Result(tuple(outcomes), election.budget, election.cast)


def _nobody_voted(election: Election, ties: Mapping[str, int]) -> Result:
    """Nobody voted: nothing is chosen."""
    ordered = sorted(election.projects, key=lambda project: ties[project.code])
    outcomes = (Outcome(project.code, project.cost, 0, Reason.NO_SUPPORT) for project in ordered)
    return Result(tuple(outcomes), election.budget, 0)


def _buy(purses: Purses, share: Fraction, terms: Terms) -> list[Outcome]:
    """One run: what is bought, in order, then what is not."""
    outcomes = [
        Outcome(
            bought.project.code,
            bought.project.cost,
            purses.scores[bought.project.code],
            Reason.SUPPORTERS_PAID,
            bought.held,
            bought.price,
            bought.payers,
        )
        for bought in purchases(purses, share, terms)
    ]
    chosen = {outcome.code for outcome in outcomes}
    left = sorted(purses.projects.keys() - chosen, key=lambda code: (-purses.scores[code], terms.ties[code]))
    return outcomes + [_short(purses, purses.projects[code]) for code in left]


def _short(purses: Purses, project: Project) -> Outcome:
    score = purses.scores[project.code]
    reason = Reason.SUPPORTERS_SHORT if score else Reason.NO_SUPPORT
    return Outcome(project.code, project.cost, score, reason, purses.held(project))


def _left(election: Election, outcomes: list[Outcome]) -> Fraction:
    return election.budget - sum((outcome.cost for outcome in outcomes if outcome.chosen), Fraction())


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
