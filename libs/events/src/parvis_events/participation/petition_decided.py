# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""PetitionDecided, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PetitionDecided:
    """An agent has admitted or refused a petition, with reasons.

    Attributes:
        petition_id: The petition; also the Kafka key and the CloudEvents subject.
        author: Who wrote the petition.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.petition-decided.v1"
    TOPIC: ClassVar[str] = "parvis.participation.petition.v1"

    petition_id: UUID
    collectivity: str
    author: UUID
    outcome: Literal["admitted", "refused"]
    occurred_at: datetime
    sequence: int
