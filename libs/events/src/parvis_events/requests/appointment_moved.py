# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""AppointmentMoved, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentMoved:
    """An appointment has another time or place.

    Attributes:
        appointment_id: Also the Kafka key and the CloudEvents subject.
        appointment_kind: Code of the kind of appointments.
        request_id: The request that it is about, where there is one.
        person: Whose appointment it is.
        moved_from: When it was to begin before.
        by_agent: True where an agent did it.
        remind_at: When the person is to be reminded of it; null for never, absent in older events.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.appointment-moved.v1"
    TOPIC: ClassVar[str] = "parvis.requests.appointment.v1"

    appointment_id: UUID
    appointment_kind: str
    agenda_id: UUID
    request_id: UUID | None
    collectivity: str
    person: UUID
    starts_at: datetime
    ends_at: datetime
    occurred_at: datetime
    sequence: int
    moved_from: datetime
    by_agent: bool
    remind_at: datetime | None = None
