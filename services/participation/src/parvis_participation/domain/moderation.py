# SPDX-License-Identifier: EUPL-1.2
"""Moderation as regulation (EU) 2022/2065 (the DSA) wants it.

What is reported is looked at and decided with its reasons; where somebody contests that, another moderator decides.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from parvis_participation.domain.errors import (
    AppealError,
    CaseDecidedError,
    GroundError,
    NotAllowedError,
    SameModeratorError,
)

APPEAL_PERIOD: Final = timedelta(days=184)
"""At least six months (article 20, paragraph 1)."""


class ContentKind(StrEnum):
    """What can be reported."""

    COMMENT = "comment"
    PROPOSAL = "proposal"
    PROJECT = "project"
    STATEMENT = "statement"
    PHOTO = "photo"
    AMENDMENT = "amendment"
    ANSWER = "amendment-answer"
    PETITION = "petition"


@dataclass(frozen=True, slots=True)
class Ref:
    """One thing that can be reported."""

    kind: ContentKind
    id: UUID


class Category(StrEnum):
    """What is said to be wrong with something."""

    HATE = "hate"
    THREAT = "threat"
    DEFAMATION = "defamation"
    PERSONAL_DATA = "personal-data"
    SPAM = "spam"
    CHILD_SEXUAL_ABUSE = "child-sexual-abuse"
    OTHER = "other"


class Outcome(StrEnum):
    """What is decided."""

    KEPT = "kept"
    REMOVED = "removed"


class Ground(StrEnum):
    """Why something is removed: the law, or the town's own rules (article 17, paragraph 3, points d and e)."""

    ILLEGAL = "illegal-content"
    RULES = "town-rules"


class CaseState(StrEnum):
    """Where a case stands; what is closed is decided for good."""

    OPEN = "open"
    DECIDED = "decided"
    APPEALED = "appealed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Case:
    """What was reported of one version of one thing; ``first`` is the moderator who decided first."""

    state: CaseState
    author: UUID | None
    outcome: Outcome | None
    first: UUID | None
    decided_at: datetime | None

    def decide(self, moderator: UUID, outcome: Outcome, ground: Ground | None) -> CaseState:
        """The state once that moderator has decided.

        Raises CaseDecidedError where nothing is to be decided, SameModeratorError where an appeal came to whom it is
        about, or GroundError where what is removed has no ground, or what is kept has one.
        """
        if (outcome is Outcome.REMOVED) is not (ground is not None):
            raise GroundError
        if self.state not in {CaseState.OPEN, CaseState.APPEALED}:
            raise CaseDecidedError
        if self.first == moderator:
            raise SameModeratorError
        return CaseState.CLOSED if self.state is CaseState.APPEALED else CaseState.DECIDED

    def check_appeal(self, person: UUID, now: datetime, *, reported: bool) -> None:
        """Raise NotAllowedError or AppealError unless this person may contest the decision now.

        The author may contest a removal, who reported it that it was kept (article 20, paragraph 1, point a).
        """
        mine = person == self.author if self.outcome is Outcome.REMOVED else reported
        if not mine:
            raise NotAllowedError
        if not self.contestable(now):
            raise AppealError

    def contestable(self, now: datetime) -> bool:
        """Whether there is a first decision, and time to contest it."""
        return (
            self.state is CaseState.DECIDED and self.decided_at is not None and now <= self.decided_at + APPEAL_PERIOD
        )
