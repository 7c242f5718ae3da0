# SPDX-License-Identifier: EUPL-1.2
"""A survey: several questions put to people for a time, of which each answers once."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from parvis_participation.domain.errors import (
    BadPeriodError,
    SurveyFrozenError,
    SurveyNotOpenError,
    SurveyResultsLaterError,
    TransitionError,
)


class SurveyState(StrEnum):
    """Where a survey stands; it follows from its times alone."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"


class SurveyAction(StrEnum):
    """What an agent does to a survey."""

    PUBLISH = "publish"
    CLOSE = "close"
    RELEASE_RESULTS = "release-results"
    RENEW_LINK = "renew-link"


class Identification(StrEnum):
    """What is kept of who answered.

    ``named``: the answers are kept with the account. ``anonymous``: the account is noted as having answered, under a
    key, apart from the answers, which carry neither person nor time.
    """

    NAMED = "named"
    ANONYMOUS = "anonymous"


class Release(StrEnum):
    """When everybody sees the results: at the end, or once an agent says so after it."""

    CLOSING = "closing"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Survey:
    """A survey, with what its rules need; ``version`` grows by one with each act.

    Answers on paper are entered until ``paper_closes_at``, which is no earlier than the close. With ``open_link``,
    whoever has its link answers, too, without an account.
    """

    id: UUID
    collectivity: str
    opens_at: datetime
    closes_at: datetime
    paper_closes_at: datetime
    release: Release
    published_at: datetime | None
    released_at: datetime | None
    version: int
    open_link: bool = False

    def __post_init__(self) -> None:
        if not self.opens_at < self.closes_at <= self.paper_closes_at:
            raise BadPeriodError

    def state(self, now: datetime) -> SurveyState:
        """The state at that instant."""
        if self.published_at is None:
            return SurveyState.DRAFT
        if now >= self.closes_at:
            return SurveyState.CLOSED
        return SurveyState.OPEN if now > self.opens_at else SurveyState.SCHEDULED

    def after(self, action: SurveyAction, now: datetime) -> "Survey":
        """The survey once an agent has acted; raises TransitionError.

        A draft is published until it would have closed, an open one closed early (its paper, too, is entered as long
        as was said), and the results of one that takes no more answers are released. Of one that has not closed, the
        link is renewed.
        """
        state = self.state(now)
        if action is SurveyAction.PUBLISH and state is SurveyState.DRAFT and now < self.closes_at:
            return replace(self, published_at=now, version=self.version + 1)
        if action is SurveyAction.CLOSE and state is SurveyState.OPEN:
            return replace(self, closes_at=now, version=self.version + 1)
        if action is SurveyAction.RENEW_LINK and self.open_link and state is not SurveyState.CLOSED:
            return replace(self, version=self.version + 1)
        waiting = self.release is Release.AGENT and self.released_at is None
        if action is SurveyAction.RELEASE_RESULTS and waiting and self._complete(now):
            return replace(self, released_at=now, version=self.version + 1)
        raise TransitionError(f"{action} while {state}")

    def check_changeable(self, now: datetime) -> None:
        """Raise SurveyFrozenError once people may answer it."""
        if self.state(now) not in {SurveyState.DRAFT, SurveyState.SCHEDULED}:
            raise SurveyFrozenError

    def check_open(self, now: datetime) -> None:
        """Raise SurveyNotOpenError unless people answer it now."""
        if self.state(now) is not SurveyState.OPEN:
            raise SurveyNotOpenError

    def check_paper(self, now: datetime) -> None:
        """Raise SurveyNotOpenError unless agents enter answers from paper now."""
        if self.published_at is None or not self.opens_at < now < self.paper_closes_at:
            raise SurveyNotOpenError

    def check_live(self, now: datetime, *, anonymous: bool) -> None:
        """Raise SurveyResultsLaterError while answers to an anonymous survey come, on paper too.

        Whoever reads figures or words twice sees by the difference what was answered in between, by one person perhaps.
        """
        if anonymous and not self._complete(now):
            raise SurveyResultsLaterError

    def check_results(self, now: datetime) -> None:
        """Raise SurveyResultsLaterError unless everybody may see the results."""
        released = self.release is Release.CLOSING or self.released_at is not None
        if not (released and self._complete(now)):
            raise SurveyResultsLaterError

    def _complete(self, now: datetime) -> bool:
        return self.state(now) is SurveyState.CLOSED and now >= self.paper_closes_at
