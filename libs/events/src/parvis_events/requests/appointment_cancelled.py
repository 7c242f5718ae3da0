# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""AppointmentCancelled, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentCancelled:
    """An appointment does not take place.

    Attributes:
        appointment_id: Also the Kafka key and the CloudEvents subject.
        appointment_kind: Code of the kind of appointments.
        request_id: The request that it is about, where there is one.
        person: Whose appointment it is.
        by_agent: True where an agent did it.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.appointment-cancelled.v1"
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
    by_agent: bool
