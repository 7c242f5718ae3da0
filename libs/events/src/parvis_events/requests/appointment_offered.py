# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""AppointmentOffered, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentOffered:
    """A freed slot is held for somebody on the waiting list.

    Booked when they take it, free again or the next person's when they decline it or its time is over.

    Attributes:
        appointment_id: Also the Kafka key and the CloudEvents subject.
        appointment_kind: Code of the kind of appointments.
        request_id: The request that it is about; null, as nobody waits for one yet.
        person: For whom it is held.
        offer_ends_at: Until when it is held at the latest.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.appointment-offered.v1"
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
    offer_ends_at: datetime
