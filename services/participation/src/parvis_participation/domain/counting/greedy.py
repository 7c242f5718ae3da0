# SPDX-License-Identifier: EUPL-1.2
"""Greedy: the best supported first, as long as the money lasts; what most towns do."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from parvis_participation.domain.counting.election import Election, Project
from parvis_participation.domain.counting.outcome import Outcome, Reason, Result


def greedy(election: Election, ties: Mapping[str, int], *, stop: bool = False) -> Result:
    """Take projects by descending score and skip those that no longer fit; with ``stop``, end at the first of these."""
    scores = election.scores()
    ordered = sorted(election.projects, key=lambda project: (-scores[project.code], ties[project.code]))
    outcomes = fill(ordered, election.budget, scores, Reason.FITTED, stop=stop)
    return Result(tuple(outcomes), election.budget, election.cast)


def fill(
    ordered: Iterable[Project], left: Fraction, scores: Mapping[str, int], reason: Reason, *, stop: bool = False
) -> list[Outcome]:
    """Take projects in that order while the money lasts."""
    outcomes: list[Outcome] = []
    stopped = False
    for project in ordered:
        score, available = scores[project.code], left
        if not score:
            why = Reason.NO_SUPPORT
        elif stopped:
            why = Reason.AFTER_STOP
        elif project.cost <= left:
            why, left = reason, left - project.cost
        else:
            why, stopped = Reason.TOO_EXPENSIVE, stop
        outcomes.append(Outcome(project.code, project.cost, score, why, available))
    return outcomes
