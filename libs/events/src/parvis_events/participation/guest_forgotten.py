# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""GuestForgotten, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestForgotten:
    """Who registered for a public meeting without an account is forgotten.

    They withdrew, did not confirm their address in time, or the meeting is long over. Whoever keeps
    something of theirs destroys it.

    Attributes:
        person: Who registered; also the Kafka key and the CloudEvents subject.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.guest-forgotten.v1"
    TOPIC: ClassVar[str] = "parvis.participation.meeting.v1"

    person: UUID
    meeting_id: UUID
    collectivity: str
    occurred_at: datetime
    sequence: int
