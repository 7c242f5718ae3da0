# SPDX-License-Identifier: EUPL-1.2
"""Opinion conversations: people say of short statements whether they agree, and add statements of their own."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from parvis_participation.domain.eligibility import Eligibility
from parvis_participation.domain.errors import (
    BadPeriodError,
    NotVerifiedError,
    ParticipationError,
    ReasonsError,
    TransitionError,
)
from parvis_participation.domain.opinions.votes import AGREE, DISAGREE, PASS
from parvis_participation.domain.poll import VERIFIED


class ConversationNotOpenError(ParticipationError):
    """It takes neither opinions nor statements now."""


class ConversationFrozenError(ParticipationError):
    """It is published: people take part in what they were told of."""


class ConversationResultLaterError(ParticipationError):
    """Nothing was computed yet: too few take part, or the worker has not come to it."""


class StatementGoneError(ParticipationError):
    """The statement is not, or no more, one that people have opinions on."""


class StatementStateError(ParticipationError):
    """Only what waits is reviewed."""


class AgentsAloneError(ParticipationError):
    """In this conversation agents alone write statements."""


class ConversationFullError(ParticipationError):
    """It has as many statements as can be computed with."""


class AlreadyTakingPartError(ParticipationError):
    """This person takes part by another account of theirs."""


class ConversationState(StrEnum):
    """Where a conversation stands; it follows from its times alone."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"


class ConversationAction(StrEnum):
    """What an agent does to a conversation."""

    PUBLISH = "publish"
    CLOSE = "close"


class Writers(StrEnum):
    """Who writes statements: agents alone, or people too."""

    AGENTS = "agents"
    EVERYBODY = "everybody"


class StatementState(StrEnum):
    """Where a statement stands; people see and have opinions on published ones alone."""

    PROPOSED = "proposed"
    PUBLISHED = "published"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"


class Review(StrEnum):
    """What an agent decides of a statement that waits, or of one that the town itself has written."""

    ADMITTED = "admitted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


_REVIEWED: Final = {
    Review.ADMITTED: StatementState.PUBLISHED,
    Review.REFUSED: StatementState.REFUSED,
    Review.WITHDRAWN: StatementState.WITHDRAWN,
}


class Opinion(StrEnum):
    """What somebody says of a statement."""

    AGREE = "agree"
    DISAGREE = "disagree"
    PASS = "pass"  # noqa: S105 - no password


VALUES: Final[Mapping[Opinion, int]] = {Opinion.AGREE: AGREE, Opinion.DISAGREE: DISAGREE, Opinion.PASS: PASS}
"""As they are stored and computed with."""
NAMES: Final[Mapping[int, Opinion]] = {value: name for name, value in VALUES.items()}


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation, with what its rules need; ``version`` grows by one with each act.

    ``verified`` asks for people whom a provider has verified; ``eligibility`` has the residence that is asked for.
    """

    opens_at: datetime
    closes_at: datetime
    published_at: datetime | None
    verified: bool
    eligibility: Eligibility
    version: int

    def __post_init__(self) -> None:
        if not self.opens_at < self.closes_at:
            raise BadPeriodError

    def state(self, now: datetime) -> ConversationState:
        """The state at that instant."""
        if self.published_at is None:
            return ConversationState.DRAFT
        if now >= self.closes_at:
            return ConversationState.CLOSED
        return ConversationState.OPEN if now >= self.opens_at else ConversationState.SCHEDULED

    def after(self, action: ConversationAction, now: datetime) -> "Conversation":
        """The conversation once an agent has acted; raises TransitionError."""
        state = self.state(now)
        if action is ConversationAction.PUBLISH and state is ConversationState.DRAFT and now < self.closes_at:
            return replace(self, published_at=now, version=self.version + 1)
        if action is ConversationAction.CLOSE and state is ConversationState.OPEN and now > self.opens_at:
            return replace(self, closes_at=now, version=self.version + 1)
        raise TransitionError(f"{action} while {state}")

    def check_changeable(self) -> None:
        """Raise ConversationFrozenError once it is published."""
        if self.published_at is not None:
            raise ConversationFrozenError

    def check_open(self, now: datetime) -> None:
        """Raise ConversationNotOpenError unless people take part now."""
        if self.state(now) is not ConversationState.OPEN:
            raise ConversationNotOpenError

    def check_level(self, acr: str | None) -> None:
        """Raise NotVerifiedError where it wants verified people and this sign-in is none's."""
        if self.verified and acr not in VERIFIED:
            raise NotVerifiedError


def check_review(state: str, review: Review, reasons: Mapping[str, str] | None, *, own: bool) -> StatementState:
    """The state once an agent has decided; ``own`` is whether the town wrote it, or it is forgotten who did.

    Raises StatementStateError unless one that waits is admitted or refused, or such a published one withdrawn: what
    others have said is removed by moderation alone while there is an author whom it tells why. Raises ReasonsError
    where a refusal has no reasons, or anything else has some.
    """
    waiting = state == StatementState.PROPOSED and review is not Review.WITHDRAWN
    if not (waiting or (own and state == StatementState.PUBLISHED and review is Review.WITHDRAWN)):
        raise StatementStateError
    if (review is Review.REFUSED) is not bool(reasons):
        raise ReasonsError
    return _REVIEWED[review]


def check_given(state: str) -> None:
    """Raise StatementGoneError unless people have opinions on it."""
    if state != StatementState.PUBLISHED:
        raise StatementGoneError
