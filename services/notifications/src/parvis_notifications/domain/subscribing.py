# SPDX-License-Identifier: EUPL-1.2
"""Who is told of what happens in the town: with an account, or by an address that they have confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from parvis_notifications.domain.digest import Rhythm
from parvis_notifications.domain.geometry import Position, Ring
from parvis_notifications.domain.topic import Channel

CONFIRMATION_TIME: Final = timedelta(hours=24)
ASKED_EVERY: Final = timedelta(days=30)
"""After so long identity is asked again how an account is reached, where nothing told that it has changed."""
CODE_TRIES: Final = 5
PENDING_PER_ADDRESS: Final = 3
MOST_PLACES: Final = 10
MOST_TOPICS: Final = 50


class SubscriberKind(StrEnum):
    """How somebody came to be told."""

    ACCOUNT = "account"
    ADDRESS = "address"
    REGISTER = "register"
    """Entered in the register of article L. 121-6-1 of the code de l'action sociale et des familles."""


class SubscriberState(StrEnum):
    """``pending`` until the address is confirmed."""

    PENDING = "pending"
    ACTIVE = "active"


class Purpose(StrEnum):
    """What a consent is for; none stands for another (regulation (EU) 2016/679, article 7)."""

    NEWS = "news"
    EMERGENCY = "emergency"
    EXERCISE = "exercise"


class ConsentWay(StrEnum):
    """How a consent was given or taken back."""

    ACCOUNT = "account"
    CONFIRMATION = "confirmation"
    PAGE = "page"
    ONE_CLICK = "one-click"
    DESK = "desk"
    STOP = "stop"
    START = "start"


@dataclass(frozen=True, slots=True)
class GivenConsent:
    """Yes or no to one purpose, and the words that were answered to."""

    purpose: Purpose
    given: bool
    words: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A topic, the channels by which its news come, and how often its mails go where they are gathered."""

    topic: str
    channels: tuple[Channel, ...]
    digest: Rhythm | None = None


@dataclass(frozen=True, slots=True)
class NewPlace:
    """A place that somebody cares for: a position (their address), or an outline with or without one."""

    label: str
    position: Position | None
    radius: int | None
    outline: Ring | None


@dataclass(frozen=True, slots=True)
class Wishes:
    """All that a subscriber chooses."""

    language: str
    topics: Sequence[Choice]
    places: Sequence[NewPlace]
    consents: Sequence[GivenConsent]
    prefers_calls: bool = False
