# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""PetitionNewsTold, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PetitionNewsTold:
    """A petition was removed by a moderator, given back, or withdrawn by its author, and this signer asked to be told.

    Attributes:
        signer: Whom to tell.
        subject: What happened.
        ground: Why it was removed: the law, or the town's own rules; null unless it was.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.petition-news-told.v1"
    TOPIC: ClassVar[str] = "parvis.participation.signature.v1"

    petition_id: UUID
    collectivity: str
    signer: UUID
    subject: Literal["removed", "restored", "withdrawn"]
    ground: Literal["illegal-content", "town-rules"] | None
    occurred_at: datetime
    sequence: int
