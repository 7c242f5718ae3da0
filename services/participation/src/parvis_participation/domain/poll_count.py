# SPDX-License-Identifier: EUPL-1.2
"""What can come between a count and its result, and when it is tried again."""

from datetime import timedelta
from typing import Final

from parvis_participation.domain.errors import ParticipationError

_FIRST: Final = timedelta(minutes=1)
_LONGEST: Final = timedelta(hours=6)
_MOST_DOUBLED: Final = 10


class CountFailedError(ParticipationError):
    """The count has come to no end within its bounds; nothing is counted, and it can be tried again."""


class UrnChangedError(ParticipationError):
    """A ballot that was on its way at the close, or a batch of papers, came in while the urn was being opened."""


def pause(tries: int) -> timedelta:
    """How long a count that has failed so often rests: a minute, twice as long each time, six hours at most."""
    return min(_LONGEST, _FIRST * (1 << min(tries - 1, _MOST_DOUBLED)))
