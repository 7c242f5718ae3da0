# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""AnswerSubmitted, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSubmitted:
    """Somebody has answered a consultation; who and what is not told.

    Attributes:
        answer_id: The answer; also the Kafka key: answers have no order among them.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.answer-submitted.v1"
    TOPIC: ClassVar[str] = "parvis.participation.answer.v1"

    answer_id: UUID
    consultation_id: UUID
    collectivity: str
    occurred_at: datetime
    sequence: int
