# SPDX-License-Identifier: EUPL-1.2
"""Elections for the tests: drawn by hypothesis, drawn from a seed, or read from Toulouse's published ballots."""

import asyncio
import random
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import strategies as st

from parvis_participation.domain.counting.ballot import Kind
from parvis_participation.domain.counting.election import Choice, Election, Project
from parvis_participation.domain.pabulib.reader import read_pabulib
from parvis_participation.domain.pabulib.scrutiny import Scrutiny
from parvis_participation.domain.pabulib.writer import write_pabulib

TOULOUSE = Path(__file__).parents[5] / "shared" / "data" / "participation"
FILE = """META
key;value
description;A vote
num_projects;2
num_votes;3
budget;100,50
vote_type;approval
max_length;2
PROJECTS
project_id;cost;votes;name
1;60.25;2;"Bancs; tables"
2;40;2;Été
VOTES
voter_id;age;vote
7;34;1,2
8;;1

9;50;2
"""
SHARED = """META
key;value
description;Where each way to spend by equal shares chooses otherwise
num_projects;5
num_votes;6
budget;120
vote_type;approval
max_length;3
PROJECTS
project_id;cost;name
1;60;Halle
2;60;Gymnase
3;30;Jardin
4;50;Piste
5;40;Kiosque
VOTES
voter_id;vote
1;2
2;2
3;1,3,4
4;1,4
5;3,4
6;1
"""
COSTS = st.integers(4, 240).map(lambda quarters: Fraction(quarters, 4))


@st.composite
def elections(draw: st.DrawFn, kind: Kind = Kind.APPROVAL) -> Election:
    """Up to seven projects and a dozen groups of ballots, with many ties."""
    codes = "abcdefg"[: draw(st.integers(2, 7))]
    projects = tuple(Project(code, draw(COSTS)) for code in codes)
    points = st.integers(1, 4) if kind is Kind.POINTS else st.just(1)
    named = st.lists(st.sampled_from(codes), min_size=1, unique=True)
    choices = named.flatmap(lambda codes: st.tuples(*(st.tuples(st.just(code), points) for code in codes)))
    ballots = draw(st.dictionaries(choices, st.integers(1, 5), max_size=12))
    return Election(projects, draw(st.fractions(min_value=1, max_value=150, max_denominator=3)), ballots)


def drawn(seed: int, kind: Kind, *, complete: bool = False) -> Election:
    """An election of twelve projects and up to sixty ballots, always the same for a seed."""
    chance = random.Random(seed)  # noqa: S311 - a test's own data
    codes = [f"p{number}" for number in range(12)]
    projects = tuple(Project(code, Fraction(chance.randint(100, 9_999), chance.choice([1, 2, 100]))) for code in codes)
    ballots: dict[Choice, int] = {}
    for _ in range(chance.randint(5, 60)):
        named = chance.sample(codes, 12 if complete else chance.randint(1, 8))
        points = [chance.randint(1, 5) if kind is Kind.POINTS else 1 for _ in named]
        ballots[tuple(zip(named, points, strict=True))] = chance.randint(1, 9)
    return Election(projects, Fraction(chance.randint(5_000, 30_000)), ballots)


def toulouse(year: int) -> Scrutiny:
    """The participatory budget of Toulouse, from the files that Pabulib publishes; they are not Parvis's to hand on."""
    file = TOULOUSE / f"France_Toulouse_{year}.pb"
    if not file.exists():
        pytest.skip(f"needs {file.name}, published by Pabulib, in ../shared/data/participation beside the project")
    with file.open(encoding="utf-8") as lines:
        return read_pabulib(lines)


def written_apart(scrutiny: Scrutiny) -> Iterator[str]:
    """Ballots as Pabulib has them, where no loop waits for it: a large vote takes a second, and anybody may ask."""
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()
    return write_pabulib(scrutiny)
