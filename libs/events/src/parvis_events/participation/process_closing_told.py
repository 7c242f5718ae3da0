# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""ProcessClosingTold, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessClosingTold:
    """Something ends soon in a process, and this person follows it.

    Whether or not they have taken part.

    Attributes:
        closing_id: That end of that part of the process.
        part_id: What ends: a consultation, a survey, a petition, a conversation, a poll or a budget.
        follower: Whom to tell.
        closes_at: When it ends.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.process-closing-told.v1"
    TOPIC: ClassVar[str] = "parvis.participation.news.v1"

    closing_id: UUID
    collectivity: str
    process_id: UUID
    part_id: UUID
    follower: UUID
    closes_at: datetime
    occurred_at: datetime
    sequence: int
