# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""ProposalMilestoneReported, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalMilestoneReported:
    """The town has said what became of a proposal.

    Attributes:
        milestone_id: The milestone; also the Kafka key and the CloudEvents subject.
        outcome: What the town has decided or done.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.proposal-milestone-reported.v1"
    TOPIC: ClassVar[str] = "parvis.participation.news.v1"

    milestone_id: UUID
    proposal_id: UUID
    collectivity: str
    outcome: Literal["under-review", "accepted", "refused", "planned", "under-way", "done", "abandoned"]
    occurred_at: datetime
    sequence: int
