# SPDX-License-Identifier: EUPL-1.2
"""Photos of proposals: public with their proposal, once somebody has said in words what they show."""

from enum import StrEnum
from typing import Final

from parvis_participation.domain.errors import ParticipationError

MOST: Final = 5
"""How many photos a proposal has at most, with those that nobody has described yet."""
DAILY: Final = 20
"""How many photos one person may send within a day, to all of their proposals, with those that they took back."""
MOST_OF_PERSON: Final = 100 * 1024 * 1024
"""How many bytes the photos of one person have at most, with those that moderators still look at."""
LONGEST_SIDE: Final = 2_048
"""In pixels; a larger photo is kept smaller: anybody asks for it, as often as they like."""
MOST_BYTES: Final = 4 * 1024 * 1024
"""What is larger even then, as a drawing full of noise is, is refused."""


class PhotoState(StrEnum):
    """Where a photo stands; only a published one is seen, where its proposal is."""

    UNDESCRIBED = "undescribed"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"


class TooManyPhotosError(ParticipationError):
    """The proposal, its author, their day or the town's proposals have no room for another photo."""


class PhotoGoneError(ParticipationError):
    """The photo is withdrawn or removed, or its proposal is."""
