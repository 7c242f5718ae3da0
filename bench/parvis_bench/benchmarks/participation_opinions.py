# SPDX-License-Identifier: EUPL-1.2
"""What the worker takes to compute the largest conversation that is known of: 33,000 people and 800 statements."""

import time
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from parvis_bench.registry import Benchmark, Figure, Target
from parvis_participation.domain.opinions.analysis import analyse
from parvis_participation.domain.opinions.votes import Floats, Votes

_NAME: Final = "participation.opinions"
_PEOPLE: Final = 33_000
_STATEMENTS: Final = 800
_EACH: Final = 60
_GROUPS: Final = 3
_SMALLEST: Final = 5
_MEGABYTE: Final = 1_000_000


def measure(folder: Path) -> Sequence[Figure]:
    """The whole computation against the singular value decomposition of the filled matrix alone, by numpy."""
    del folder
    votes = _votes()
    ours = _seconds(lambda: analyse(votes, _SMALLEST))
    tracemalloc.start()
    analyse(votes, _SMALLEST)
    peak = tracemalloc.get_traced_memory()[1] / _MEGABYTE
    tracemalloc.stop()
    filled = _filled(votes)
    whole = _seconds(lambda: np.linalg.svd(filled, full_matrices=False))
    return [
        Figure(f"{_NAME}.time", ours, "s", whole),
        Figure(f"{_NAME}.memory", peak, "MB", filled.nbytes / _MEGABYTE),
    ]


def _votes() -> Votes:
    """Three groups with tastes of their own and a fifth of chance; each person speaks of some sixty statements."""
    chance = np.random.default_rng(33)
    rows = np.repeat(np.arange(_PEOPLE), _EACH)
    first = chance.integers(0, _STATEMENTS, _PEOPLE)
    columns = (first[:, None] + np.arange(_EACH) * 13) % _STATEMENTS
    tastes, groups = chance.choice([-1, 1], (_GROUPS, _STATEMENTS)), chance.integers(0, _GROUPS, _PEOPLE)
    said = np.take_along_axis(tastes[groups], columns, axis=1).reshape(-1)
    values = np.where(chance.random(said.size) < 0.2, chance.integers(-1, 2, said.size), said).astype(np.int8)
    return Votes(rows, columns.reshape(-1), values, _PEOPLE, _STATEMENTS)


def _filled(votes: Votes) -> Floats:
    filled = np.zeros((votes.participants, votes.statements))
    filled[votes.rows, votes.columns] = votes.values - votes.means()[votes.columns]
    return filled


def _seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


BENCHMARK: Final = Benchmark(
    name=_NAME,
    figures={f"{_NAME}.time": Target("ratio", "at most", 1), f"{_NAME}.memory": Target("ratio", "at most", 1)},
    measure=measure,
)
