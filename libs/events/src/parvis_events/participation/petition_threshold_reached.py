# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""PetitionThresholdReached, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PetitionThresholdReached:
    """So many have signed a petition as the town named.

    Attributes:
        petition_id: The petition; also the Kafka key and the CloudEvents subject.
        author: Who wrote the petition.
        threshold: How many signatures the town named.
        answer_due_on: By when the town answers; null where it has not said so.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.petition-threshold-reached.v1"
    TOPIC: ClassVar[str] = "parvis.participation.petition.v1"

    petition_id: UUID
    collectivity: str
    author: UUID
    threshold: int
    answer_due_on: str | None
    occurred_at: datetime
    sequence: int
