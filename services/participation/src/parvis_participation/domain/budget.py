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

from parvis_participation.domain.counting.ballot import BallotRules
from parvis_participation.domain.counting.count import Method
from parvis_participation.domain.errors import PhaseError, PhasesError, TransitionError, UnknownAreaError


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


_ALLOWED: Final = {Act.DEPOSIT: Phase.DEPOSIT, Act.ANALYSE: Phase.ANALYSIS}


@dataclass(frozen=True, slots=True)
class Budget:
    """A participatory budget, with what its rules need; ``version`` grows by one with each act.

    ``starts`` says when each phase begins, ``budgets`` what can be spent in each area and, without area, in the whole
    city. The options are frozen at the opening of the vote.
    """

    id: UUID
    collectivity: str
    starts: Mapping[Phase, datetime]
    budgets: Mapping[str | None, Fraction]
    rules: BallotRules
    method: Method
    published_at: datetime | None
    frozen_at: datetime | None
    version: int

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
        if self.phase(now) is not _ALLOWED[act] or self.frozen_at is not None:
            raise PhaseError(f"{act} in {self.phase(now)}")

    def check_area(self, area: str | None) -> None:
        """Raise UnknownAreaError where there is no money for that area."""
        if area not in self.budgets:
            raise UnknownAreaError(area)

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
