# SPDX-License-Identifier: EUPL-1.2
"""How many prefer one project to another, from ranked ballots."""

from parvis_participation.domain.counting.election import Election


def preferences(election: Election) -> dict[str, dict[str, int]]:
    """``[a][b]``: the number of ballots that rank ``a`` before ``b``; what a ballot does not name comes last, even."""
    codes = [project.code for project in election.projects]
    votes = election.votes()
    # Those who name a, less those who name b before it: no ballot is walked against all the projects.
    prefers = {a: {b: votes[a] for b in codes if b != a} for a in codes}
    for choice, times in election.ballots.items():
        named = [code for code, _ in choice]
        for place, before in enumerate(named):
            for after in named[place + 1 :]:
                prefers[after][before] -= times
    return prefers
