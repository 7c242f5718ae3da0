# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""PetitionWithdrawn, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PetitionWithdrawn:
    """Its author has taken a petition back.

    Attributes:
        petition_id: The petition; also the Kafka key and the CloudEvents subject.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.petition-withdrawn.v1"
    TOPIC: ClassVar[str] = "parvis.participation.petition.v1"

    petition_id: UUID
    collectivity: str
    occurred_at: datetime
    sequence: int
