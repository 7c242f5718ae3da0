# SPDX-License-Identifier: EUPL-1.2
"""Baseline and measured by turns: what else the machine does meanwhile hits both alike."""

from collections.abc import Callable, Mapping
from statistics import median


def medians(rounds: int, measures: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    """The median of each measure over that many rounds, each round taking all of them, every other one backwards."""
    taken: dict[str, list[float]] = {name: [] for name in measures}
    for number in range(rounds):
        order = list(measures) if number % 2 == 0 else list(measures)[::-1]
        for name in order:
            taken[name].append(measures[name]())
        print("  " + "  ".join(f"{name} {values[-1]:.4g}" for name, values in taken.items()), flush=True)
    return {name: median(values) for name, values in taken.items()}
