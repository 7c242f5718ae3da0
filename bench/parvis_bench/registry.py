# SPDX-License-Identifier: EUPL-1.2
"""What a benchmark is, and the list of all: each is a module of ``parvis_bench.benchmarks`` with a ``BENCHMARK``."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from parvis_bench import benchmarks


class CannotMeasureError(Exception):
    """Something that the benchmark needs is not here; the text says what, and which package has it."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure should reach: its ratio to the baseline, or its value, ``at least`` or ``at most`` a limit."""

    what: Literal["ratio", "value"]
    bound: Literal["at least", "at most"]
    limit: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured, beside the baseline of the same run.

    Attributes:
        name: stable for ever; it begins with its benchmark's name.
        value: what was measured, in ``unit``.
        unit: such as ``1/s`` or ``ms``.
        baseline: what the baseline gave, in the same unit.
    """

    name: str
    value: float
    unit: str
    baseline: float

    @property
    def ratio(self) -> float:
        """The value as a share or a multiple of the baseline."""
        return self.value / self.baseline

    def reaches(self, target: Target) -> bool:
        """Whether the figure is as good as the target wants it."""
        got = self.ratio if target.what == "ratio" else self.value
        return got >= target.limit if target.bound == "at least" else got <= target.limit


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark.

    Attributes:
        name: stable; what one writes after ``ARGS=``.
        figures: the names of its figures, each with its target where it has one.
        measure: measures in the folder that it is given, which is empty and goes away; raises CannotMeasureError.
    """

    name: str
    figures: Mapping[str, Target | None]
    measure: Callable[[Path], Sequence[Figure]]


def all_benchmarks() -> dict[str, Benchmark]:
    """Every benchmark by its name, in the order of their modules' names."""
    found: dict[str, Benchmark] = {}
    for module in pkgutil.iter_modules(benchmarks.__path__, f"{benchmarks.__name__}."):
        benchmark: Benchmark = importlib.import_module(module.name).BENCHMARK
        if benchmark.name in found:
            raise ValueError(f"two benchmarks are named {benchmark.name}")
        if foreign := [name for name in benchmark.figures if not name.startswith(f"{benchmark.name}.")]:
            raise ValueError(f"{', '.join(foreign)}: must begin with {benchmark.name}.")
        found[benchmark.name] = benchmark
    return found
