# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""ConsultationExtended, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationExtended:
    """A consultation lasts longer; `closes_at` is the new close.

    Attributes:
        consultation_id: The consultation; also the Kafka key and the CloudEvents subject.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.consultation-extended.v1"
    TOPIC: ClassVar[str] = "parvis.participation.consultation.v1"

    consultation_id: UUID
    collectivity: str
    opens_at: datetime
    closes_at: datetime
    occurred_at: datetime
    sequence: int
