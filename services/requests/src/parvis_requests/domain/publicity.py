# SPDX-License-Identifier: EUPL-1.2
"""What the public learns of a request: where it is and how it goes, and of its words and photos what may be shown."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Review(StrEnum):
    """When words and photos are shown to the public."""

    AT_ONCE = "at-once"
    AFTER_REVIEW = "after-review"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Decision:
    """What an agent decided to show of a request; once ``hidden``, the public is told nothing of it at all."""

    hidden: bool
    words: str | None
    photos: Collection[UUID]


@dataclass(frozen=True, slots=True)
class Publicity:
    """How a type is shown to the public; ``decimals`` are a position's in degrees: 5 is a metre, 2 a kilometre."""

    content: Review
    decimals: int

    def at_most(self, other: "Publicity") -> "Publicity":
        """The more reserved of the two in each respect."""
        order = list(Review)
        return Publicity(max(self.content, other.content, key=order.index), min(self.decimals, other.decimals))

    def rounded(self, degrees: float | None) -> float | None:
        """A coordinate as the public may know it."""
        return None if degrees is None else round(degrees, self.decimals)

    def words(self, filed: str, decision: Decision | None) -> str | None:
        """The words that are shown: those of the decision, those filed where nobody need look at them, or none."""
        if self.content is Review.NEVER or (decision and decision.hidden):
            return None
        if decision:
            return decision.words
        return filed if self.content is Review.AT_ONCE else None

    def shows(self, photo: UUID, decision: Decision | None, *, filed: bool) -> bool:
        """Whether a photo is shown; ``filed`` is one that came with the request, not with a message."""
        if self.content is Review.NEVER or (decision and decision.hidden):
            return False
        if decision:
            return photo in decision.photos
        return filed and self.content is Review.AT_ONCE
