# SPDX-License-Identifier: EUPL-1.2
"""Groups of participants who stand near one another: k-means twice, the number of groups by silhouettes.

Participants first come into at most a hundred base clusters, and these into two to five groups (Polis, as cited in
:mod:`landscape`). Nothing is drawn by chance: the seeds of k-means come from a generator with a fixed seed, over points
in the order of their coordinates, so that anybody finds the same groups again (Rousseeuw, P., "Silhouettes", Journal of
Computational and Applied Mathematics 20, 1987; Arthur, D. and Vassilvitskii, S., "k-means++", SODA 2007).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Final

import numpy as np

from parvis_participation.domain.opinions.votes import Floats, Integers

BASE: Final = 100
FEWEST, MOST = 2, 5
_PER_GROUP: Final = 12
"""Base clusters for each group beyond the second."""
_TRIES: Final = 10
_ROUNDS: Final = 50
_BLOCK: Final = 16_384
STEADY: Final = 4


@dataclass(frozen=True, slots=True)
class Grouping:
    """The group of each point, 0 the largest; ``silhouette`` is the mean one, -1 to 1."""

    groups: Integers
    number: int
    silhouette: float


@dataclass(frozen=True, slots=True)
class Steady:
    """The best number of groups last found, how often in a row it was, and which one is shown."""

    best: int
    streak: int
    shown: int


def steady(before: Steady | None, best: int) -> Steady:
    """Show another number of groups only once it was the best one four times in a row: people would see them jump."""
    if before is None:
        return Steady(best, 1, best)
    streak = before.streak + 1 if before.best == best else 1
    return Steady(best, streak, best if streak >= STEADY else before.shown)


def groupings(positions: Floats, smallest: int) -> dict[int, Grouping]:
    """By number of groups, the ways to part the participants; none with fewer than ``smallest`` in a group.

    Empty where they cannot be parted that way.
    """
    places, weights, base = _distinct(positions)
    if len(places) > BASE:
        labels = _k_means(places, weights, BASE, Random(0))  # noqa: S311 - reproducible on purpose
        base, places, weights = labels[base], *_centres(places, weights, labels)
    found: dict[int, Grouping] = {}
    distances = _distances(places, places)
    for number in range(FEWEST, min(MOST, FEWEST + len(places) // _PER_GROUP) + 1):
        if len(places) < number:
            break
        labels = _joined(_best(places, weights, number), places, weights, smallest)
        left = len(set(labels.tolist()))
        value = _silhouette(distances, weights, labels)
        if left >= FEWEST and (left not in found or value > found[left].silhouette):
            found[left] = Grouping(_by_size(labels, places, weights)[base], left, value)
    return found


def best_of(found: dict[int, Grouping]) -> int:
    """The number of groups with the greatest silhouette; the least of several."""
    return max(sorted(found), key=lambda number: found[number].silhouette)


def _distinct(positions: Floats) -> tuple[Floats, Floats, Integers]:
    """The places where somebody stands in the order of their coordinates, how many do, and each one's place."""
    places, where, counts = np.unique(positions, axis=0, return_inverse=True, return_counts=True)
    return places, counts.astype(np.float64), where.reshape(-1)


def _distances(points: Floats, others: Floats) -> Floats:
    # Side by side: an array of all differences would be many times as large.
    squares = np.zeros((len(points), len(others)))
    for side in range(points.shape[1]):
        squares += np.square(points[:, [side]] - others[:, side])
    return np.sqrt(squares)


def _best(points: Floats, weights: Floats, number: int) -> Integers:
    found: list[tuple[float, int, Integers]] = []
    for seed in range(_TRIES):
        labels = _k_means(points, weights, number, Random(seed))  # noqa: S311 - reproducible on purpose
        centres, _ = _centres(points, weights, labels)
        spread = float((weights * ((points - centres[labels]) ** 2).sum(axis=1)).sum())
        found.append((round(spread, 6), seed, labels))
    return min(found, key=lambda each: each[:2])[2]


def _k_means(points: Floats, weights: Floats, number: int, generator: Random) -> Integers:
    """Lloyd's rounds from the seeds of k-means++; the labels are numbered from 0 without gaps."""
    centres, labels = _seeds(points, weights, number, generator), np.full(len(points), -1)
    for _ in range(_ROUNDS):
        nearest = _nearest(points, centres)
        if np.array_equal(nearest, labels):
            break
        _, labels = np.unique(nearest, return_inverse=True)
        labels = labels.reshape(-1)
        centres, _ = _centres(points, weights, labels)
    return labels


def _seeds(points: Floats, weights: Floats, number: int, generator: Random) -> Floats:
    chosen = [_drawn(weights, generator)]
    least = ((points - points[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < number and least.max() > 0:
        chosen.append(_drawn(weights * least, generator))
        least = np.minimum(least, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
    return points[chosen]


def _drawn(weights: Floats, generator: Random) -> int:
    reached = list(accumulate(weights.tolist()))
    return int(np.searchsorted(reached, generator.random() * reached[-1], side="right"))


def _nearest(points: Floats, centres: Floats) -> Integers:
    parts = [
        _distances(points[begin : begin + _BLOCK], centres).argmin(axis=1) for begin in range(0, len(points), _BLOCK)
    ]
    return np.concatenate(parts)


def _centres(points: Floats, weights: Floats, labels: Integers) -> tuple[Floats, Floats]:
    """The centre of each label and how many stand around it."""
    heavy = np.bincount(labels, weights=weights).astype(np.float64)
    middle = [np.bincount(labels, weights=weights * points[:, side]) / heavy for side in range(points.shape[1])]
    return np.stack(middle, axis=1), heavy


def _joined(labels: Integers, points: Floats, weights: Floats, smallest: int) -> Integers:
    """Groups of fewer than ``smallest`` join the nearest one, the smallest of them first."""
    while True:
        centres, heavy = _centres(points, weights, labels)
        least = int(heavy.argmin())
        if heavy[least] >= smallest or len(heavy) == 1:
            return labels
        away = _distances(centres[[least]], centres)[0]
        away[least] = np.inf
        _, labels = np.unique(np.where(labels == least, away.argmin(), labels), return_inverse=True)
        labels = labels.reshape(-1)


def _by_size(labels: Integers, points: Floats, weights: Floats) -> Integers:
    centres, heavy = _centres(points, weights, labels)
    order: Sequence[int] = sorted(range(len(heavy)), key=lambda each: (-heavy[each], *centres[each]))
    number = np.empty(len(order), dtype=np.int64)
    number[list(order)] = np.arange(len(order))
    return number[labels]


def _silhouette(distances: Floats, weights: Floats, labels: Integers) -> float:
    """The mean silhouette of people of whom ``weights`` stand at each point; 0 of whoever is a group alone."""
    number = int(labels.max()) + 1
    if number < FEWEST:
        return 0.0
    member = np.zeros((len(labels), number))
    member[np.arange(len(labels)), labels] = weights
    sums, sizes = distances @ member, member.sum(axis=0)
    every = np.arange(len(labels))
    own = sums[every, labels] / np.maximum(sizes[labels] - 1, 1)
    others = sums / sizes
    others[every, labels] = np.inf
    nearest = others.min(axis=1)
    greatest = np.maximum(own, nearest)
    value = np.divide(nearest - own, greatest, out=np.zeros(len(labels)), where=greatest > 0)
    value[sizes[labels] <= 1] = 0.0
    return float((value * weights).sum() / weights.sum())
