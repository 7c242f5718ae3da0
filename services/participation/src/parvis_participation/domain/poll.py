# SPDX-License-Identifier: EUPL-1.2
"""A poll: a secret vote on projects or options, whose rules and options are frozen when it is published."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from parvis_participation.domain.audience import ProcessAudience
from parvis_participation.domain.counting.ballot import BallotRules, Kind
from parvis_participation.domain.counting.count import Method
from parvis_participation.domain.counting.election import Project
from parvis_participation.domain.desk import Channel, NotClosedError
from parvis_participation.domain.eligibility import LEVELS, Eligibility
from parvis_participation.domain.errors import (
    AreaBudgetError,
    BadPeriodError,
    BoardSizeError,
    NotCountableError,
    PollNotOpenError,
    RepeatedOptionError,
    TransitionError,
)
from parvis_participation.domain.poll_change import ChangeRefusedError, EarlierCloseError
from parvis_participation.domain.town_day import day_of

VERIFIED: Final = frozenset(LEVELS)
"""Levels at which a provider has checked the civil status."""


class PollState(StrEnum):
    """Where a poll stands."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"
    COUNTED = "counted"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Board:
    """Those who count: ``threshold`` of ``members`` open the urn together; ``key`` is their public key."""

    key: bytes
    members: int
    threshold: int

    def __post_init__(self) -> None:
        if self.threshold > self.members:
            raise BoardSizeError


class Voting:
    """What is asked of a poll by whoever votes in it; kept apart from its options, which may be hundreds."""

    opens_at: datetime
    closes_at: datetime
    published_at: datetime | None
    counted_at: datetime | None
    cancelled_at: datetime | None
    eligibility: Eligibility

    def state(self, now: datetime) -> PollState:
        """The state at that instant."""
        if self.published_at is None:
            return PollState.DRAFT
        if self.cancelled_at is not None:
            return PollState.CANCELLED
        if self.counted_at is not None:
            return PollState.COUNTED
        if now >= self.closes_at:
            return PollState.CLOSED
        return PollState.OPEN if now > self.opens_at else PollState.SCHEDULED

    def check_voter(self, acr: str | None, now: datetime, channel: Channel = Channel.ONLINE) -> None:
        """Raise PollNotOpenError, ChannelError, NotVerifiedError or LevelTooLowError unless who signed in so may vote.

        That way, and now.
        """
        self.check_open(now)
        self.eligibility.check_channel(channel)
        self.eligibility.check_level(acr)

    def check_open(self, now: datetime) -> None:
        """Raise PollNotOpenError unless the poll takes ballots now."""
        if self.state(now) is not PollState.OPEN:
            raise PollNotOpenError

    def born_by(self, clock: ZoneInfo) -> date | None:
        """The day by which a voter was born, by the town's clocks; None without a minimum age."""
        return self.eligibility.born_by(day_of(self.opens_at, clock))

    def check_birth_date(self, text: str, clock: ZoneInfo) -> None:
        """Raise TooYoungError or AgeUnknownError for somebody whose document says this date, YYYY-MM-DD or less."""
        self.eligibility.check_birth_date(text, day_of(self.opens_at, clock))


@dataclass(frozen=True, slots=True)
class Box(Voting):
    """A published poll as the voter meets it: its times, its conditions, and the length of its ballots.

    ``within`` is for whom the process is to which it belongs, if to any.
    """

    id: UUID
    collectivity: str
    most: int
    opens_at: datetime
    closes_at: datetime
    published_at: datetime | None
    counted_at: datetime | None
    cancelled_at: datetime | None
    eligibility: Eligibility
    within: ProcessAudience | None


@dataclass(frozen=True, slots=True)
class Poll(Voting):
    """A poll, with what its rules need; ``version`` grows by one with each act."""

    id: UUID
    collectivity: str
    projects: tuple[Project, ...]
    budgets: Mapping[str | None, Fraction]
    rules: BallotRules
    method: Method
    board: Board
    opens_at: datetime
    closes_at: datetime
    published_at: datetime | None
    counted_at: datetime | None
    version: int
    eligibility: Eligibility = field(default_factory=Eligibility)
    cancelled_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.closes_at <= self.opens_at:
            raise BadPeriodError
        codes = {project.code for project in self.projects}
        if len(codes) != len(self.projects):
            raise RepeatedOptionError
        if {project.area for project in self.projects} != set(self.budgets):
            raise AreaBudgetError
        self.method.check(self.rules.kind)

    @property
    def costs(self) -> dict[str, Fraction]:
        """The cost of each option."""
        return {project.code: project.cost for project in self.projects}

    @property
    def ordered(self) -> bool:
        """Whether the order of the codes in a ballot counts."""
        return self.rules.kind is Kind.RANKING

    def published(self, now: datetime) -> "Poll":
        """The poll once published, which freezes it; raises TransitionError once it has opened or been published."""
        if self.published_at is not None or now >= self.opens_at:
            raise TransitionError("publish")
        return replace(self, published_at=now, version=self.version + 1)

    def opened(self, now: datetime) -> "Poll":
        """The poll of a participatory budget, published as its vote begins; raises TransitionError the second time."""
        if self.published_at is not None:
            raise TransitionError("open")
        return replace(self, published_at=now, version=self.version + 1)

    def extended(self, closes_at: datetime, now: datetime) -> "Poll":
        """The poll that lasts until then; raises ChangeRefusedError once it has closed, or EarlierCloseError."""
        if self.state(now) not in {PollState.SCHEDULED, PollState.OPEN}:
            raise ChangeRefusedError
        if closes_at <= self.closes_at:
            raise EarlierCloseError
        return replace(self, closes_at=closes_at, version=self.version + 1)

    def cancelled(self, now: datetime) -> "Poll":
        """The poll once called off; raises ChangeRefusedError for a draft, and once it is counted or called off."""
        if self.state(now) not in {PollState.SCHEDULED, PollState.OPEN, PollState.CLOSED}:
            raise ChangeRefusedError
        return replace(self, cancelled_at=now, version=self.version + 1)

    def counted(self, now: datetime) -> "Poll":
        """The poll once counted; raises NotCountableError before its close and the second time."""
        if self.state(now) is not PollState.CLOSED:
            raise NotCountableError
        return replace(self, counted_at=now, version=self.version + 1)

    def check_closed(self, now: datetime) -> None:
        """Raise NotClosedError unless the poll is closed and not counted."""
        if self.state(now) is not PollState.CLOSED:
            raise NotClosedError
