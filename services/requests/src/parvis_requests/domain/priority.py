# SPDX-License-Identifier: EUPL-1.2
"""How pressing a request is: for the agents, who work in that order; the public is not told."""

from enum import StrEnum


class Priority(StrEnum):
    """From what can wait to what cannot."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"

    @property
    def rank(self) -> int:
        """1 for low up to 4 for urgent."""
        return list(Priority).index(self) + 1

    @classmethod
    def ranked(cls, rank: int) -> "Priority":
        """The priority of that rank."""
        return list(cls)[rank - 1]

    @property
    def pressing(self) -> bool:
        """True for what is more pressing than usual."""
        return self.rank > Priority.NORMAL.rank
