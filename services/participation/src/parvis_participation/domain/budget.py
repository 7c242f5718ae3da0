# SPDX-License-Identifier: EUPL-1.2
"""A participatory budget: money that residents decide on, in dated phases, each with the acts that it allows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Final
from uuid import UUID

from parvis_participation.domain.counting.ballot import BallotRules, Kind
from parvis_participation.domain.counting.count import Method
from parvis_participation.domain.counting.election import Choice, Project
from parvis_participation.domain.errors import (
    NotVerifiedError,
    PhaseError,
    PhasesError,
    TransitionError,
    UnknownAreaError,
    VoteFinalError,
)
from parvis_participation.domain.poll import VERIFIED
from parvis_participation.domain.poll_change import ChangeRefusedError, EarlierCloseError
from parvis_participation.domain.secret_vote import RealisationError, SecretVoteError


class Phase(StrEnum):
    """Where a participatory budget stands; it follows from its times alone, and each phase ends as the next begins."""

    DRAFT = "draft"
    ANNOUNCED = "announced"
    CALL = "call"
    DEPOSIT = "deposit"
    ANALYSIS = "analysis"
    VOTE = "vote"
    RESULT = "result"
    REALISATION = "realisation"


DATED: Final = (Phase.CALL, Phase.DEPOSIT, Phase.ANALYSIS, Phase.VOTE, Phase.RESULT, Phase.REALISATION)


class Act(StrEnum):
    """What somebody does in a participatory budget."""

    DEPOSIT = "deposit"
    ANALYSE = "analyse"
    VOTE = "vote"


_ALLOWED: Final = {Act.DEPOSIT: Phase.DEPOSIT, Act.ANALYSE: Phase.ANALYSIS, Act.VOTE: Phase.VOTE}


@dataclass(frozen=True, slots=True)
class Budget:
    """A participatory budget, with what its rules need; ``version`` grows by one with each act.

    ``starts`` says when each phase begins, ``budgets`` what can be spent in each area and, without area, in the whole
    city. ``projects`` are frozen at the opening of the vote; ``changeable``: votes can change until its close.
    ``secret``: it is voted on in the secret poll that has its id, and no vote comes by name.
    """

    id: UUID
    collectivity: str
    starts: Mapping[Phase, datetime]
    budgets: Mapping[str | None, Fraction]
    rules: BallotRules
    method: Method
    changeable: bool
    projects: tuple[Project, ...]
    published_at: datetime | None
    frozen_at: datetime | None
    counted_at: datetime | None
    version: int
    secret: bool = False
    called_off_at: datetime | None = None

    def __post_init__(self) -> None:
        if any(self.starts[later] <= self.starts[earlier] for earlier, later in pairwise(DATED)):
            raise PhasesError
        self.method.check(self.rules.kind)

    def phase(self, now: datetime) -> Phase:
        """The phase at that instant."""
        if self.published_at is None:
            return Phase.DRAFT
        begun = [phase for phase in DATED if now >= self.starts[phase]]
        return begun[-1] if begun else Phase.ANNOUNCED

    def check(self, act: Act, now: datetime) -> None:
        """Raise PhaseError unless the present phase allows that act."""
        frozen = self.frozen_at is not None
        if act is Act.VOTE and self.called_off_at is not None:
            raise PhaseError("called off")
        if self.phase(now) is not _ALLOWED[act] or frozen is not (act is Act.VOTE) or self.counted_at is not None:
            raise PhaseError(f"{act} in {self.phase(now)}")

    def check_area(self, area: str | None) -> None:
        """Raise UnknownAreaError where there is no money for that area."""
        if area not in self.budgets:
            raise UnknownAreaError(area)

    def check_vote(self, choice: Choice, acr: str | None, now: datetime) -> None:
        """Raise PhaseError, NotVerifiedError or BallotError unless somebody signed in at that level may vote so now."""
        self.check(Act.VOTE, now)
        if self.secret:
            raise SecretVoteError
        if acr not in VERIFIED:
            raise NotVerifiedError
        self.rules.check(choice, {project.code: project.cost for project in self.projects})

    def check_change(self, now: datetime) -> None:
        """Raise PhaseError or VoteFinalError unless votes can be changed and taken back now."""
        self.check(Act.VOTE, now)
        if self.secret:
            raise SecretVoteError
        if not self.changeable:
            raise VoteFinalError

    def check_realisation(self, now: datetime) -> None:
        """Raise PhaseError unless what was chosen is being built."""
        if self.phase(now) is not Phase.REALISATION or self.counted_at is None:
            raise PhaseError("milestone")

    def check_discussion(self, now: datetime) -> None:
        """Raise PhaseError unless projects are discussed now: once no project can be withdrawn any more."""
        if self.phase(now) in {Phase.DRAFT, Phase.ANNOUNCED, Phase.CALL, Phase.DEPOSIT}:
            raise PhaseError("comment")

    @property
    def ordered(self) -> bool:
        """Whether the order of the codes in a vote counts."""
        return self.rules.kind is Kind.RANKING

    def published(self, now: datetime) -> "Budget":
        """The budget once published; raises TransitionError once it was, or when no project can come any more."""
        if self.published_at is not None or now >= self.starts[Phase.ANALYSIS]:
            raise TransitionError("publish")
        return replace(self, published_at=now, version=self.version + 1)

    def frozen(self, now: datetime) -> "Budget":
        """The budget once its options are frozen; raises PhaseError before the vote begins, or the second time."""
        if self.published_at is None or now < self.starts[Phase.VOTE] or self.frozen_at is not None:
            raise PhaseError("freeze")
        return replace(self, frozen_at=now, version=self.version + 1)

    def extended(self, closes_at: datetime) -> "Budget":
        """The budget whose vote lasts until then; raises PhasesError where that reaches into its realisation."""
        return replace(self, starts={**self.starts, Phase.RESULT: closes_at}, version=self.version + 1)

    def check_extension(self, closes_at: datetime, now: datetime) -> None:
        """Raise ChangeRefusedError once the vote has closed, EarlierCloseError or RealisationError.

        One by name alone: SecretVoteError for that of a poll, which is changed itself.
        """
        self._check_vote(now)
        if now >= self.starts[Phase.RESULT]:
            raise ChangeRefusedError
        if closes_at <= self.starts[Phase.RESULT]:
            raise EarlierCloseError
        if closes_at >= self.starts[Phase.REALISATION]:
            raise RealisationError

    def called_off(self, now: datetime) -> "Budget":
        """The budget whose vote by name is called off; raises ChangeRefusedError once it is counted, and as above."""
        self._check_vote(now)
        return replace(self, called_off_at=now, version=self.version + 1)

    def _check_vote(self, now: datetime) -> None:
        if self.secret:
            raise SecretVoteError
        if self.phase(now) is Phase.DRAFT or self.called_off_at is not None or self.counted_at is not None:
            raise ChangeRefusedError

    def counted(self, now: datetime) -> "Budget":
        """The budget once counted; raises PhaseError before the close of its vote, and the second time."""
        if self.frozen_at is None or now < self.starts[Phase.RESULT] or self.counted_at is not None:
            raise PhaseError("count")
        return replace(self, counted_at=now, version=self.version + 1)
