# SPDX-License-Identifier: EUPL-1.2
"""What a count says of each project: chosen or not, and why."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Reason(StrEnum):
    """Why a project was chosen, or not."""

    FITTED = "fitted"
    SUPPORTERS_PAID = "supporters-paid"
    COMPLETED = "completed"
    WON = "won"
    NO_SUPPORT = "no-support"
    TOO_EXPENSIVE = "too-expensive"
    AFTER_STOP = "after-stop"
    SUPPORTERS_SHORT = "supporters-short"
    REST_SHORT = "rest-short"
    BEATEN = "beaten"
    TIE_LOST = "tie-lost"
    ELIMINATED = "eliminated"

    @property
    def chosen(self) -> bool:
        """Whether this is why a project was chosen."""
        return self in _CHOSEN


_CHOSEN = frozenset({Reason.FITTED, Reason.SUPPORTERS_PAID, Reason.COMPLETED, Reason.WON})


@dataclass(frozen=True, slots=True)
class Outcome:
    """A project in the order in which the count decided on it.

    ``available`` is the money that was there for it: what was left of the budget, or what its supporters held
    together. ``price`` (equal shares) is the most that one supporter paid; ``supporters`` how many paid; ``by`` who
    beat it (rankings); ``round`` (instant run-off) when it was eliminated, and with ``score`` first preferences.
    """

    code: str
    cost: Fraction
    score: int
    reason: Reason
    available: Fraction | None = None
    price: Fraction | None = None
    supporters: int | None = None
    by: str | None = None
    round: int | None = None

    @property
    def chosen(self) -> bool:
        """Whether the project was chosen."""
        return self.reason.chosen


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of every project; ``budget`` is what could be spent."""

    outcomes: tuple[Outcome, ...]
    budget: Fraction
    cast: int

    @property
    def chosen(self) -> tuple[str, ...]:
        """The chosen projects, in the order in which they were chosen."""
        return tuple(outcome.code for outcome in self.outcomes if outcome.chosen)

    @property
    def spent(self) -> Fraction:
        """What the chosen projects cost together."""
        return sum((outcome.cost for outcome in self.outcomes if outcome.chosen), Fraction())
