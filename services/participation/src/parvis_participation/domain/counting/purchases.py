# SPDX-License-Identifier: EUPL-1.2
"""What supporters buy together when each voter holds so much, the lowest rate first; and whether more buys the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from parvis_participation.domain.counting.election import Project
from parvis_participation.domain.counting.purses import Purses


class Utility(StrEnum):
    """What a supporter gains: the cost of the project times the points given, or the points alone."""

    COST = "cost"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Terms:
    """By what projects are compared: the gain, and the order of those that are even."""

    ties: Mapping[str, int]
    utility: Utility

    def rate(self, purses: Purses, code: str) -> tuple[Fraction, int] | None:
        """What to compare a project by, the lower the earlier it is bought; None where its supporters cannot."""
        rate = purses.rate(purses.projects[code], per_cost=self.utility is Utility.COST)
        return None if rate is None else (rate, self.ties[code])


@dataclass(frozen=True, slots=True)
class Purchase:
    """A project with the rate at which it was bought, the most that one supporter paid, how many paid, what they held.

    ``rate`` also has the project's place in the order of even ones.
    """

    project: Project
    rate: tuple[Fraction, int]
    price: Fraction
    payers: int
    held: Fraction


def purchases(purses: Purses, share: Fraction, terms: Terms) -> list[Purchase]:
    """All that is bought, in order; the purses are left as they are then.

    Money only shrinks, so a project's rate only grows: a rate computed earlier is a lower bound, and only the projects
    whose bound does not exceed the best rate found in a round are looked at again.
    """
    purses.fill(share)
    bounds = dict.fromkeys(purses.projects, Fraction())
    bought: list[Purchase] = []
    while (best := _best(purses, bounds, terms)) is not None:
        bought.append(_pay(purses, *best))
        del bounds[best[0]]
    return bought


def repeated(purses: Purses, share: Fraction, terms: Terms, before: Sequence[Purchase]) -> list[Purchase] | None:
    """The purchases with this share, where with each share from that of ``before`` to this one they are the same.

    The same projects in the same order. None says that they may differ somewhere between.

    Where the same was bought so far, each voter has the more left the larger the share, and no rate is higher: more
    money for a project is a lower rate, and who pays a lower rate keeps more. So between the two shares a project's
    rate is at most that of the smaller and at least that of the larger one; what was bought at the smaller is bought
    all the way where no other project's rate at the larger comes before it.
    """
    purses.fill(share)
    bounds = dict.fromkeys(purses.projects, Fraction())
    bought: list[Purchase] = []
    for purchase in before:
        code = purchase.project.code
        del bounds[code]
        if _comes_before(purses, bounds, terms, purchase.rate):
            return None
        rate = terms.rate(purses, code)
        if rate is None:
            raise AssertionError(code)
        bought.append(_pay(purses, code, rate))
    return bought if all(terms.rate(purses, code) is None for code in bounds) else None


def _best(purses: Purses, bounds: dict[str, Fraction], terms: Terms) -> tuple[str, tuple[Fraction, int]] | None:
    """The project that is bought next; those that cannot be bought any more are taken out."""
    best: tuple[str, tuple[Fraction, int]] | None = None
    for code in sorted(bounds, key=bounds.__getitem__):
        if best is not None and bounds[code] > best[1][0]:
            break
        rate = terms.rate(purses, code)
        if rate is None:
            del bounds[code]
            continue
        bounds[code] = rate[0]
        if best is None or rate < best[1]:
            best = code, rate
    return best


def _comes_before(purses: Purses, bounds: dict[str, Fraction], terms: Terms, limit: tuple[Fraction, int]) -> bool:
    for code in sorted(bounds, key=bounds.__getitem__):
        if bounds[code] > limit[0]:
            break
        rate = terms.rate(purses, code)
        if rate is None:
            del bounds[code]
        elif rate < limit:
            return True
        else:
            bounds[code] = rate[0]
    return False


def _pay(purses: Purses, code: str, rate: tuple[Fraction, int]) -> Purchase:
    project = purses.projects[code]
    return Purchase(project, rate, *purses.pay(project))
