# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""PollCancelled, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PollCancelled:
    """Two agents have called a secret poll off.

    It takes no votes, and is not counted.

    Attributes:
        poll_id: The poll; also the Kafka key and the CloudEvents subject.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.poll-cancelled.v1"
    TOPIC: ClassVar[str] = "parvis.participation.poll.v1"

    poll_id: UUID
    collectivity: str
    opens_at: datetime
    closes_at: datetime
    occurred_at: datetime
    sequence: int
