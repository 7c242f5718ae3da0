# SPDX-License-Identifier: EUPL-1.2
"""Who has their own entry in the register of people who may need help: by an account that an agent linked to it.

Code de l'action sociale et des familles, articles R. 121-2 to R. 121-5: the person concerned or their legal
representative asks, in writing, and may have what stands there corrected or removed at any time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from parvis_notifications.domain.alert import VisitOutcome
from parvis_notifications.domain.geometry import Position

# eIDAS levels of a sign-in at a provider that verified who somebody is.
_VERIFIED: Final = frozenset({"eidas1", "eidas2", "eidas3"})


class OwnState(StrEnum):
    """How far it has come; only ``entered`` says that somebody is in the register."""

    ASKED = "asked"
    REFUSED = "refused"
    ENTERED = "entered"


class NotVerifiedError(Exception):
    """Nobody verified who has that account."""


class NoWordsError(Exception):
    """Somebody asks to be entered, and does not say to what they agree."""


class EntryLinkedError(Exception):
    """The entry is another account's, or the account has another entry."""


class TooManyOwnActsError(Exception):
    """Somebody has changed what they say of themselves as often in a day as may be; they may leave all the same."""


@dataclass(frozen=True, slots=True)
class SaidEntry:
    """What somebody has stand there of themselves; ``content`` as the entry has it."""

    content: Mapping[str, Any]
    language: str | None
    position: Position | None
    words: str | None


@dataclass(frozen=True, slots=True)
class ToldVisit:
    """That somebody of the town called on them, and what was written of it."""

    outcome: VisitOutcome
    at: datetime
    note: str | None


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """What is kept of somebody: asked for, refused with the reason, or entered."""

    state: OwnState
    content: Mapping[str, Any]
    since: datetime
    reason: str | None = None
    visits: Sequence[ToldVisit] = ()


def check_verified(acr: str | None) -> None:
    """Raises NotVerifiedError unless somebody signed in with a verified identity."""
    if acr not in _VERIFIED:
        raise NotVerifiedError
