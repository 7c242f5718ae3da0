# SPDX-License-Identifier: EUPL-1.2
"""Amendments: in which words somebody wants a proposal; those who write it take them in, or say why not."""

from enum import StrEnum
from typing import Final

from parvis_participation.domain.comparison import MergeError, merged
from parvis_participation.domain.errors import ParticipationError

DAILY: Final = 20
"""How many amendments one person may make within a day."""
TITLE: Final = 300
DESCRIPTION: Final = 10_000


class AmendmentState(StrEnum):
    """Where an amendment stands; a withdrawn one has no words, and a removed one shows none."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"


class SameWordsError(ParticipationError):
    """It changes no word of the proposal."""


class AmendmentStateError(ParticipationError):
    """It was answered, withdrawn or removed: nothing becomes of it any more."""


class AmendmentGoneError(ParticipationError):
    """It was withdrawn or removed, or its proposal was: it cannot be reported."""


class ReasonsError(ParticipationError):
    """Whoever says no says why."""


def check_new(title: str, description: str, current: tuple[str, str]) -> None:
    """Raise SameWordsError unless a word is another one than those of the proposal."""
    if (title, description) == current:
        raise SameWordsError


def check_open(state: str, *, removed: bool) -> None:
    """Raise AmendmentStateError unless it waits for an answer."""
    if removed or state != AmendmentState.PROPOSED:
        raise AmendmentStateError


def taken_in(base: tuple[str, str], wanted: tuple[str, str], current: tuple[str, str]) -> tuple[str, str]:
    """Title and description as they are now, with what an amendment of ``base`` wanted.

    Raises MergeError where somebody has changed the same place since.
    """
    title, description = (merged(*each) for each in zip(base, current, wanted, strict=True))
    if not title or not description or len(title) > TITLE or len(description) > DESCRIPTION:
        raise MergeError
    return title, description
