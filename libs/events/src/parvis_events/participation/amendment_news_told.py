# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""AmendmentNewsTold, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentNewsTold:
    """Somebody has offered other words for a proposal, or those who write it have answered.

    This person is told.

    Attributes:
        amendment_id: The amendment.
        proposal_id: The proposal that it would change.
        person: Whom to tell: who writes the proposal of one that is offered, whose the amendment is of all
            else.
        subject: What happened: offered, accepted as the next version, refused with reasons, wanted but in
            conflict with what has changed since, or lapsed with its withdrawn proposal.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.amendment-news-told.v1"
    TOPIC: ClassVar[str] = "parvis.participation.news.v1"

    amendment_id: UUID
    proposal_id: UUID
    collectivity: str
    person: UUID
    subject: Literal["offered", "accepted", "rejected", "conflicting", "lapsed"]
    occurred_at: datetime
    sequence: int
