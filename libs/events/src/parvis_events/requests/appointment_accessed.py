# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""AppointmentAccessed, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentAccessed:
    """An agent has learnt whose appointment it is.

    Attributes:
        person: Whose appointment it is.
        agent: Who learnt that.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.appointment-accessed.v1"
    TOPIC: ClassVar[str] = "parvis.requests.access.v1"

    access_id: UUID
    appointment_id: UUID
    collectivity: str
    person: UUID
    agent: UUID
    occurred_at: datetime
    sequence: int
