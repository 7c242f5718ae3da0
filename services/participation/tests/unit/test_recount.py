# SPDX-License-Identifier: EUPL-1.2
"""The stand-alone recount, which shares no code with the service, chooses as the service does."""

import importlib.util
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from elections import drawn

from parvis_participation.domain.counting.ballot import Kind
from parvis_participation.domain.counting.count import Method, Rule, count, envelopes
from parvis_participation.domain.counting.election import Choice, Election, Project
from parvis_participation.domain.counting.equal_shares import Completion, Utility

FILE = Path(__file__).parents[4] / "examples" / "secret-poll" / "recount.py"
SEED = b"published"
POINTS = [
    Method(Rule.GREEDY),
    Method(Rule.GREEDY_STOP),
    *(Method(Rule.EQUAL_SHARES, utility, completion, Fraction(7)) for utility in Utility for completion in Completion),
]
RANKED = [Method(Rule.SCHULZE), Method(Rule.SCHULZE_WINNER), Method(Rule.INSTANT_RUNOFF)]


def recount() -> Any:
    spec = importlib.util.spec_from_file_location("recount", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def definition(election: Election, method: Method, areas: dict[str | None, Any]) -> dict[str, Any]:
    return {
        "options": [{"code": p.code, "cost": str(p.cost), "area": p.area} for p in election.projects],
        "budgets": [{"area": area, "amount": str(money)} for area, money in areas.items()],
        "method": {
            "rule": method.rule.value,
            "utility": method.utility.value,
            "completion": method.completion.value,
            "increment": str(method.increment),
        },
    }


@pytest.mark.parametrize(
    ("kind", "method"),
    [(kind, method) for kind in (Kind.APPROVAL, Kind.POINTS) for method in POINTS]
    + [(Kind.RANKING, method) for method in RANKED],
    ids=lambda value: (
        "-".join(map(str, (value.rule, value.utility, value.completion))) if isinstance(value, Method) else value.value
    ),
)
def test_it_chooses_as_the_service_does(kind: Kind, method: Method) -> None:
    module, differing, some = recount(), [], 0
    for number in range(12):
        election = drawn(number, kind)
        projects = tuple(
            Project(project.code, project.cost, "north" if place % 3 == 0 else None)
            for place, project in enumerate(election.projects)
        )
        areas = {None: election.budget, "north": election.budget / 2}
        told = definition(Election(projects, election.budget, {}), method, areas)
        for area, part in envelopes(projects, areas, election.ballots).items():
            ours = set(count(part, method, SEED).chosen)
            some += len(ours)
            if module.chosen(told, SEED, election.ballots, area) != ours:
                differing.append((number, area))
    assert differing == []
    assert some > 0
    assert len(FILE.read_text("utf-8").splitlines()) < 200


def test_even_options_fall_as_the_published_seed_says() -> None:
    module = recount()
    projects = tuple(Project(f"p{number}", Fraction(1)) for number in range(8))
    ballots: dict[Choice, int] = {((project.code, 1),): 2 for project in projects}
    for method in (*POINTS, *RANKED):
        told = definition(Election(projects, Fraction(3), {}), method, {None: 3})
        ours = set(count(Election(projects, Fraction(3), ballots), method, SEED).chosen)
        assert module.chosen(told, SEED, ballots, None) == ours, method
