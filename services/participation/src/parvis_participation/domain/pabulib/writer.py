# SPDX-License-Identifier: EUPL-1.2
"""Write a ``.pb`` file."""

import csv
import io
from collections.abc import Iterator
from functools import lru_cache

from parvis_participation.domain.counting.ballot import Kind
from parvis_participation.domain.counting.election import Choice
from parvis_participation.domain.pabulib.numbers import written
from parvis_participation.domain.pabulib.reader import MORE
from parvis_participation.domain.pabulib.scrutiny import Scrutiny

_TYPES = {Kind.APPROVAL: "approval", Kind.KNAPSACK: "approval", Kind.POINTS: "cumulative", Kind.RANKING: "ordinal"}


def write_pabulib(scrutiny: Scrutiny) -> Iterator[str]:
    """The lines of the file. Ballots are numbered in the order in which they are given: shuffle those of a secret vote.

    The meta values given come first; those that follow from the vote itself are written as they are.
    """
    rules = scrutiny.rules
    own = {
        "num_projects": str(len(scrutiny.listed)),
        "num_votes": str(len(scrutiny.choices)),
        "budget": written(scrutiny.budget),
        "vote_type": _TYPES[rules.kind],
        "min_length": str(rules.least),
        "max_length": str(rules.most),
    }
    own |= {} if rules.points is None else {"max_sum_points": str(rules.points)}
    own |= {} if rules.points_each is None else {"max_points": str(rules.points_each)}
    yield "META\n"
    yield _line("key", "value")
    for key, value in ({key: value for key, value in scrutiny.meta.items() if key not in own} | own).items():
        yield _line(key, value)
    yield "PROJECTS\n"
    more = [name for name in MORE if any(name in listed.more for listed in scrutiny.listed)]
    yield _line("project_id", "cost", "votes", "name", *more)
    votes = scrutiny.election().votes()
    for listed in scrutiny.listed:
        project, told = listed.project, (listed.more.get(name, "") for name in more)
        yield _line(project.code, written(project.cost), str(votes[project.code]), listed.name, *told)
    yield "VOTES\n"
    points = rules.kind is Kind.POINTS
    yield _line("voter_id", "vote", *(["points"] if points else []))
    for number, choice in enumerate(scrutiny.choices):
        yield f"{number};{_ballot(choice, points=points)}"


@lru_cache(maxsize=1_024)  # Equal ballots come one after the other.
def _ballot(choice: Choice, *, points: bool) -> str:
    cells = [",".join(code for code, _ in choice)]
    return _line(*cells, *([",".join(str(given) for _, given in choice)] if points else []))


def _line(*cells: str) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";", lineterminator="\n").writerow(" ".join(cell.split()) for cell in cells)
    return buffer.getvalue()
