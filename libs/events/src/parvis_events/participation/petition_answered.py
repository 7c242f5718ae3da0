# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""PetitionAnswered, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PetitionAnswered:
    """What the town answers to a petition is public.

    Attributes:
        petition_id: The petition; also the Kafka key and the CloudEvents subject.
        author: Who wrote the petition.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.petition-answered.v1"
    TOPIC: ClassVar[str] = "parvis.participation.petition.v1"

    petition_id: UUID
    collectivity: str
    author: UUID
    occurred_at: datetime
    sequence: int
