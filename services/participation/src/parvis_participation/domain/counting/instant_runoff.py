# SPDX-License-Identifier: EUPL-1.2
"""Instant run-off: the last is eliminated and its ballots pass on, until one has more than half."""

from collections.abc import Mapping

from parvis_participation.domain.counting.election import Election
from parvis_participation.domain.counting.outcome import Outcome, Reason, Result


def instant_runoff(election: Election, ties: Mapping[str, int]) -> Result:
    """One winner; of several that are last, the one that comes last in the published order is eliminated.

    A ballot that names nobody still standing counts no more: more than half means of the ballots that still count.
    """
    projects = {project.code: project for project in election.projects}
    standing = sorted(projects, key=ties.__getitem__)
    eliminated: list[Outcome] = []
    while True:
        firsts = _firsts(election, standing)
        ahead = max(standing, key=lambda code: (firsts[code], -ties[code]))
        if 2 * firsts[ahead] > sum(firsts.values()) or len(standing) == 1 or not firsts[ahead]:
            break
        last = min(standing, key=lambda code: (firsts[code], -ties[code]))
        standing.remove(last)
        eliminated.append(
            Outcome(last, projects[last].cost, firsts[last], Reason.ELIMINATED, round=len(eliminated) + 1)
        )
    final = len(eliminated) + 1
    won = Reason.WON if firsts[ahead] else Reason.NO_SUPPORT
    beaten = Reason.BEATEN if firsts[ahead] else Reason.NO_SUPPORT
    others = sorted((code for code in standing if code != ahead), key=lambda code: (-firsts[code], ties[code]))
    outcomes = [Outcome(ahead, projects[ahead].cost, firsts[ahead], won, round=final)]
    outcomes += [Outcome(c, projects[c].cost, firsts[c], beaten, by=ahead, round=final) for c in others]
    return Result((*outcomes, *reversed(eliminated)), election.budget, election.cast)


def _firsts(election: Election, standing: list[str]) -> dict[str, int]:
    firsts = dict.fromkeys(standing, 0)
    for choice, times in election.ballots.items():
        first = next((code for code, _ in choice if code in firsts), None)
        if first is not None:
            firsts[first] += times
    return firsts
