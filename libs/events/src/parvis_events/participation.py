# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""What participation tells."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationClosed:
    """A consultation takes no more answers.

    Attributes:
        consultation_id: The consultation; also the Kafka key and the CloudEvents subject.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.consultation-closed.v1"
    TOPIC: ClassVar[str] = "parvis.participation.consultation.v1"

    consultation_id: UUID
    collectivity: str
    opens_at: datetime
    closes_at: datetime
    occurred_at: datetime
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationOpened:
    """A consultation takes answers from now on.

    Attributes:
        consultation_id: The consultation; also the Kafka key and the CloudEvents subject.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.consultation-opened.v1"
    TOPIC: ClassVar[str] = "parvis.participation.consultation.v1"

    consultation_id: UUID
    collectivity: str
    opens_at: datetime
    closes_at: datetime
    occurred_at: datetime
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PollCounted:
    """A secret poll is counted; its result and files are public.

    Attributes:
        poll_id: The poll; also the Kafka key and the CloudEvents subject.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.poll-counted.v1"
    TOPIC: ClassVar[str] = "parvis.participation.poll.v1"

    poll_id: UUID
    collectivity: str
    opens_at: datetime
    closes_at: datetime
    occurred_at: datetime
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PollPublished:
    """A secret poll is frozen and will open.

    Attributes:
        poll_id: The poll; also the Kafka key and the CloudEvents subject.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.poll-published.v1"
    TOPIC: ClassVar[str] = "parvis.participation.poll.v1"

    poll_id: UUID
    collectivity: str
    opens_at: datetime
    closes_at: datetime
    occurred_at: datetime
    sequence: int
