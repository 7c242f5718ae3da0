# SPDX-License-Identifier: EUPL-1.2
"""Which statements tell a group from the others, and on which all groups agree, as Polis tests it.

Each share is estimated with one more of each answer (Laplace's rule of succession), so that few opinions say little.
A statement represents a group where its share is greater than a half (one proportion) and greater than that of the
others (two proportions), both at 90 %.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from parvis_participation.domain.opinions.votes import Floats, Integers

Z90: Final = 1.2816
"""The one-sided 90 % point of the standard normal distribution."""
_HALF: Final = 0.5
_DIGITS: Final = 9
TOLD: Final = 5
"""How many statements are told of a group, and of the consensus for and against."""


@dataclass(frozen=True, slots=True)
class Telling:
    """A statement by its number, and whether those it is told of agree with it."""

    statement: int
    agree: bool


def above_half(success: Integers, of: Integers) -> Floats:
    """The z value of a share being greater than a half."""
    tries = of + 1.0
    return np.asarray(2 * np.sqrt(tries) * ((success + 1) / tries - _HALF))


def above_others(success: Integers, of: Integers, success_out: Integers, of_out: Integers) -> Floats:
    """The z value of a share being greater than that of the others; 0 where both are everybody."""
    tries, tries_out = of + 1.0, of_out + 1.0
    inside, outside = (success + 1) / tries, (success_out + 1) / tries_out
    pooled = (success + success_out + 2) / (tries + tries_out)
    spread = np.sqrt(np.maximum(pooled * (1 - pooled), 0) * (1 / tries + 1 / tries_out))
    return np.asarray(np.divide(inside - outside, spread, out=np.zeros(spread.shape), where=spread > 0))


def share(success: Integers, of: Integers) -> Floats:
    """A share, estimated."""
    return np.asarray((success + 1) / (of + 2))


def representative(tally: Integers, group: int, smallest: int) -> list[Telling]:
    """The statements that a group is told by, what it agrees with first; at most five.

    ``tally`` is as :meth:`Votes.tally` gives it. Only those on which at least ``smallest`` of the group and of the
    others said something. One that it agrees with is always among them, if there is any: nobody is told by what they
    are against alone.
    """
    inside, outside = tally[group], np.delete(tally, group, axis=0).sum(axis=0)
    of, of_out = inside.sum(axis=1), outside.sum(axis=1)
    enough = (of >= smallest) & (of_out >= smallest)
    found: list[tuple[bool, float, int]] = []
    best: list[Telling] = []
    for side, agree in ((0, True), (1, False)):
        half, part = above_half(inside[:, side], of), share(inside[:, side], of)
        other = above_others(inside[:, side], of, outside[:, side], of_out)
        ratio = part / share(outside[:, side], of_out)
        weight = ratio * other * part * half
        passed = np.flatnonzero((half > Z90) & (other > Z90) & enough)
        found += [(agree, float(weight[each]), int(each)) for each in passed]
        liked = np.flatnonzero(((half > Z90) | ((ratio > 1) & (part > _HALF))) & enough)
        if agree and liked.size:
            best = [Telling(int(liked[np.argmax(np.round(weight[liked], _DIGITS))]), agree=True)]
    return _agreed_first([*best, *(each for each in _ranked(found) if each not in best)][:TOLD])


def consensus(tally: Integers, smallest: int) -> list[Telling]:
    """What most of all groups together agree with, then what they disagree with; at most five of each."""
    together = tally.sum(axis=0)
    of = together.sum(axis=1)
    told: list[Telling] = []
    for side, agree in ((0, True), (1, False)):
        half, part = above_half(together[:, side], of), share(together[:, side], of)
        passed = np.flatnonzero((part > _HALF) & (half > Z90) & (of >= smallest))
        told += _ranked([(agree, float(part[each] * half[each]), int(each)) for each in passed])[:TOLD]
    return told


def group_aware(tally: Integers, side: int) -> Floats:
    """How much every group agrees with each statement (``side`` 0) or disagrees (1): the product of their shares."""
    return np.asarray(np.prod(share(tally[:, :, side], tally.sum(axis=2)), axis=0))


def _ranked(found: Sequence[tuple[bool, float, int]]) -> list[Telling]:
    order = sorted(found, key=lambda each: (-round(each[1], _DIGITS), each[2]))
    return [Telling(each[2], each[0]) for each in order]


def _agreed_first(told: Sequence[Telling]) -> list[Telling]:
    return sorted(told, key=lambda each: not each.agree)
