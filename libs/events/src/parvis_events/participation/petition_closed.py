# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""PetitionClosed, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PetitionClosed:
    """The time of a petition is over.

    Attributes:
        petition_id: The petition; also the Kafka key and the CloudEvents subject.
        thresholds_reached: How many of its thresholds it reached.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.petition-closed.v1"
    TOPIC: ClassVar[str] = "parvis.participation.petition.v1"

    petition_id: UUID
    collectivity: str
    thresholds_reached: int
    occurred_at: datetime
    sequence: int
