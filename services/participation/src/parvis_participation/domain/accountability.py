# SPDX-License-Identifier: EUPL-1.2
"""What becomes of a proposal: the town says it in milestones, of which the last one holds."""

from datetime import date
from enum import StrEnum
from typing import Final

from parvis_participation.domain.errors import ParticipationError, ProposalGoneError
from parvis_participation.domain.proposal import ProposalState


class MilestoneOrderError(ParticipationError):
    """Only what was accepted is planned, done or given up."""


class FutureMilestoneError(ParticipationError):
    """A milestone was reached on a day that has come."""


class ProposalOutcome(StrEnum):
    """What the town has decided or done about a proposal."""

    UNDER_REVIEW = "under-review"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    PLANNED = "planned"
    UNDER_WAY = "under-way"
    DONE = "done"
    ABANDONED = "abandoned"


SETTLED: Final = (ProposalOutcome.REFUSED, ProposalOutcome.DONE, ProposalOutcome.ABANDONED)
"""After these the town owes nothing more."""
TAKEN_UP: Final = tuple(outcome for outcome in ProposalOutcome if outcome not in SETTLED)
"""What the town says of a proposal that is still, or again, its affair."""
_DECISIONS: Final = (ProposalOutcome.UNDER_REVIEW, ProposalOutcome.ACCEPTED, ProposalOutcome.REFUSED)
_STANDS: Final = tuple(
    outcome for outcome in ProposalOutcome if outcome not in {ProposalOutcome.UNDER_REVIEW, ProposalOutcome.REFUSED}
)


def check_milestone(state: str, present: str | None, outcome: ProposalOutcome, reached_on: date, today: date) -> None:
    """Raise ProposalGoneError, MilestoneOrderError or FutureMilestoneError unless the town may report this now.

    ``present`` is the outcome that holds. What was accepted is accounted for whatever its author does of its words.
    """
    if state != ProposalState.PUBLISHED and present not in _STANDS:
        raise ProposalGoneError
    if outcome not in _DECISIONS and present not in _STANDS:
        raise MilestoneOrderError
    if reached_on > today:
        raise FutureMilestoneError
