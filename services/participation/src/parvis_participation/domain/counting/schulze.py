# SPDX-License-Identifier: EUPL-1.2
"""Schulze's method, with winning votes as the strength of a victory.

M. Schulze, *A new monotonic, clone-independent, reversal symmetric, and condorcet-consistent single-winner election
method* (Social Choice and Welfare 36, 2011).
"""

from collections.abc import Mapping
from dataclasses import replace

from parvis_participation.domain.counting.election import Election
from parvis_participation.domain.counting.greedy import fill
from parvis_participation.domain.counting.outcome import Outcome, Reason, Result
from parvis_participation.domain.counting.pairwise import preferences


def schulze(election: Election, ties: Mapping[str, int], *, single: bool = False) -> Result:
    """Take the projects in Schulze's order while the money lasts; with ``single``, the first alone wins.

    An outcome names in ``by`` the best placed project that beats it.
    """
    defeats = _defeats(election)
    votes = election.votes()
    order = _order(defeats, ties)
    projects = {project.code: project for project in election.projects}
    beaten_by = {code: next((other for other in order if code in defeats[other]), None) for code in order}
    if single:
        lost = (Reason.BEATEN if beaten_by[code] else Reason.TIE_LOST for code in order[1:])
        reasons = [Reason.WON, *lost]
        outcomes = [
            Outcome(code, projects[code].cost, votes[code], reason) for code, reason in zip(order, reasons, strict=True)
        ]
    else:
        outcomes = fill((projects[code] for code in order), election.budget, votes, Reason.FITTED)
    explained = tuple(replace(outcome, by=beaten_by[outcome.code]) for outcome in outcomes)
    return Result(explained, election.budget, election.cast)


def _defeats(election: Election) -> dict[str, set[str]]:
    """Whom each project beats: its strongest path to the other is stronger than the other's to it (widest paths)."""
    prefers = preferences(election)
    codes = list(prefers)
    paths = {a: {b: n if n > prefers[b][a] else 0 for b, n in row.items()} for a, row in prefers.items()}
    for via in codes:
        onward = paths[via]
        for a in codes:
            to_via = 0 if a == via else paths[a][via]
            if not to_via:
                continue
            row = paths[a]
            for b, strength in onward.items():
                if b != a and (width := min(to_via, strength)) > row[b]:
                    row[b] = width
    return {a: {b for b in row if row[b] > paths[b][a]} for a, row in paths.items()}


def _order(defeats: Mapping[str, set[str]], ties: Mapping[str, int]) -> list[str]:
    """Everybody after all who beat them, which the relation's transitivity allows; the published order decides else."""
    left = sorted(defeats, key=ties.__getitem__)
    order: list[str] = []
    while left:
        unbeaten = next(code for code in left if not any(code in defeats[other] for other in left))
        order.append(unbeaten)
        left.remove(unbeaten)
    return order
