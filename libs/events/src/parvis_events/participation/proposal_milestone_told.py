# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""ProposalMilestoneTold, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalMilestoneTold:
    """The town has said what became of a proposal, and this person follows it.

    Attributes:
        milestone_id: The milestone.
        follower: Whom to tell.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.proposal-milestone-told.v1"
    TOPIC: ClassVar[str] = "parvis.participation.news.v1"

    milestone_id: UUID
    proposal_id: UUID
    collectivity: str
    follower: UUID
    occurred_at: datetime
    sequence: int
