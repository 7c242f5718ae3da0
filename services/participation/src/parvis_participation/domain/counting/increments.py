# SPDX-License-Identifier: EUPL-1.2
"""How much each voter holds at the end, where all are given more by increments until the budget is used.

Step by step that takes as many counts as there are increments: tens of thousands where few vote on much money. Most of
them buy the same projects as the one before; those are passed over, by a test that errs on one side alone.
"""

from collections.abc import Sequence
from fractions import Fraction

from parvis_participation.domain.counting.purchases import Purchase, Terms, purchases, repeated
from parvis_participation.domain.counting.purses import Purses


def last_share(purses: Purses, budget: Fraction, share: Fraction, increment: Fraction, terms: Terms) -> Fraction:
    """The share of which the purchases stand, from ``share`` on by increments.

    The first with which no supported project is left that fits; or the last before what is bought costs more than the
    budget. Exactly what one increment after the other finds, in steps that double while nothing changes.
    """
    bought, step = purchases(purses, share, terms), 1
    while True:
        left = budget - sum((purchase.project.cost for purchase in bought), Fraction())
        if left < 0:
            return share - increment
        if _used(purses, bought, left):
            return share
        while step > 1:
            if (further := repeated(purses, share + step * increment, terms, bought)) is None:
                step //= 4
                continue
            share, bought, step = share + step * increment, further, 2 * step
        share += increment
        more = purchases(purses, share, terms)
        step = 2 if _codes(more) == _codes(bought) else 1
        bought = more


def _used(purses: Purses, bought: Sequence[Purchase], left: Fraction) -> bool:
    chosen = set(_codes(bought))
    return not any(
        purses.scores[code] and project.cost <= left for code, project in purses.projects.items() if code not in chosen
    )


def _codes(bought: Sequence[Purchase]) -> list[str]:
    return [purchase.project.code for purchase in bought]
