# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""BudgetVoteExtended, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetVoteExtended:
    """Two agents let the vote by name of a participatory budget last longer; `result_at` is the new close.

    Attributes:
        budget_id: The participatory budget; also the Kafka key and the CloudEvents subject.
        vote_at: When the vote opens.
        result_at: When it closes.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.budget-vote-extended.v1"
    TOPIC: ClassVar[str] = "parvis.participation.budget.v1"

    budget_id: UUID
    collectivity: str
    vote_at: datetime
    result_at: datetime
    occurred_at: datetime
    sequence: int
