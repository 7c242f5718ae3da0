# SPDX-License-Identifier: EUPL-1.2
"""A consultation: one question put to the citizens for a time."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from parvis_participation.domain.errors import (
    BadPeriodError,
    NotOpenError,
    RepeatedOptionError,
    TransitionError,
    UnknownOptionError,
)
from parvis_participation.domain.poll_change import ChangeRefusedError, EarlierCloseError


class State(StrEnum):
    """Where a consultation stands; it follows from its times alone."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"


class Action(StrEnum):
    """What an agent does to a consultation."""

    PUBLISH = "publish"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Consultation:
    """A consultation, with what its rules need; ``version`` grows by one with each act."""

    id: UUID
    collectivity: str
    options: tuple[str, ...]
    opens_at: datetime
    closes_at: datetime
    published_at: datetime | None
    version: int

    def __post_init__(self) -> None:
        if self.closes_at <= self.opens_at:
            raise BadPeriodError
        if len(set(self.options)) != len(self.options):
            raise RepeatedOptionError

    def state(self, now: datetime) -> State:
        """The state at that instant."""
        if self.published_at is None:
            return State.DRAFT
        if now >= self.closes_at:
            return State.CLOSED
        return State.OPEN if now > self.opens_at else State.SCHEDULED

    def after(self, action: Action, now: datetime) -> "Consultation":
        """The consultation once an agent has acted; raises TransitionError.

        A draft can be published until it would have closed; an open one can be closed early.
        """
        state = self.state(now)
        if action is Action.PUBLISH and state is State.DRAFT and now < self.closes_at:
            return replace(self, published_at=now, version=self.version + 1)
        if action is Action.CLOSE and state is State.OPEN:
            return replace(self, closes_at=now, version=self.version + 1)
        raise TransitionError(f"{action} while {state}")

    def extended(self, closes_at: datetime, now: datetime) -> "Consultation":
        """The consultation that lasts until then; raises ChangeRefusedError once it is closed, or EarlierCloseError."""
        if self.state(now) not in {State.SCHEDULED, State.OPEN}:
            raise ChangeRefusedError
        if closes_at <= self.closes_at:
            raise EarlierCloseError
        return replace(self, closes_at=closes_at, version=self.version + 1)

    def check_answer(self, option: str, now: datetime) -> None:
        """Raise NotOpenError or UnknownOptionError unless this answer may be given now."""
        self.check_open(now)
        if option not in self.options:
            raise UnknownOptionError

    def check_open(self, now: datetime) -> None:
        """Raise NotOpenError unless people answer and discuss it now."""
        if self.state(now) is not State.OPEN:
            raise NotOpenError
