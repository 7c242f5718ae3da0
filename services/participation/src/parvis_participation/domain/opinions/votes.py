# SPDX-License-Identifier: EUPL-1.2
"""The opinions of a conversation as arrays: who said what of which statement, without the many that nobody gave."""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Integers: TypeAlias = npt.NDArray[np.integer]
Floats: TypeAlias = npt.NDArray[np.float64]

AGREE: Final = 1
PASS: Final = 0
DISAGREE: Final = -1
MOST_STATEMENTS: Final = 2_000
"""Columns of what is computed: the covariance has their number squared, 32 MB of floats."""
MOST_OPINIONS: Final = 10_000_000
"""Entries of what is computed: some 250 MB while it is."""


class TooManyOpinionsError(ValueError):
    """More than can be computed within the memory and time of a worker."""


@dataclass(frozen=True, slots=True)
class Votes:
    """Opinion ``i`` is that of participant ``rows[i]`` on statement ``columns[i]``: 1 agree, -1 disagree, 0 pass.

    Participants are numbered from 0 below ``participants``, statements below ``statements``; nobody has two opinions
    on one statement.
    """

    rows: Integers
    columns: Integers
    values: Integers
    participants: int
    statements: int

    def __post_init__(self) -> None:
        if self.statements > MOST_STATEMENTS or self.rows.size > MOST_OPINIONS:
            raise TooManyOpinionsError(self.statements, self.rows.size)

    def given(self) -> Integers:
        """How many opinions each participant has given."""
        return np.bincount(self.rows, minlength=self.participants)

    def means(self) -> Floats:
        """The mean opinion on each statement of those who gave one, -1 to 1; 0 where nobody did."""
        seen = np.bincount(self.columns, minlength=self.statements)
        total = np.bincount(self.columns, weights=self.values, minlength=self.statements)
        return np.divide(total, seen, out=np.zeros(self.statements), where=seen > 0)

    def tally(self, groups: Integers, number: int) -> Integers:
        """How many of each group agree, disagree and pass: of shape (``number``, statements, 3).

        ``groups`` has the group of each participant, below ``number``; whoever has none has -1.
        """
        of = groups[self.rows]
        kind = np.select([self.values == AGREE, self.values == DISAGREE], [0, 1], 2)
        place = (of * self.statements + self.columns) * 3 + kind
        counted = np.bincount(place[of >= 0], minlength=number * self.statements * 3)
        return counted.reshape(number, self.statements, 3)
