# SPDX-License-Identifier: EUPL-1.2
"""A vote as Pabulib's ``.pb`` format tells it: http://pabulib.org/format.

Of the voters only their ballots are read: age, sex and whatever else a file may tell about them is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from parvis_participation.domain.counting.ballot import BallotRules, Kind
from parvis_participation.domain.counting.election import Choice, Election, Project, grouped


@dataclass(frozen=True, slots=True)
class Listed:
    """A project as the file lists it, with the votes that the file says it had, where it does.

    ``more`` is what else the file tells of it, as written.
    """

    project: Project
    name: str
    votes: int | None
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scrutiny:
    """Everything that a file says of a vote; ``meta`` as written, and ``choices`` in the order of the file."""

    meta: Mapping[str, str]
    rules: BallotRules
    budget: Fraction
    listed: tuple[Listed, ...]
    choices: tuple[Choice, ...]

    def election(self) -> Election:
        """What is counted."""
        ballots = grouped(self.choices, ordered=self.rules.kind is Kind.RANKING)
        return Election(tuple(listed.project for listed in self.listed), self.budget, ballots)

    def differing(self) -> dict[str, tuple[int, int]]:
        """The projects whose published votes are not those of the ballots: (published, recounted)."""
        votes = self.election().votes()
        published = {listed.project.code: listed.votes for listed in self.listed if listed.votes is not None}
        return {code: (said, votes[code]) for code, said in published.items() if said != votes[code]}
