# SPDX-License-Identifier: EUPL-1.2
"""What is told of appointments: with their ids and times, never with names."""

from datetime import datetime
from typing import Final

from parvis_kit.messaging.events import Event
from parvis_requests.domain.appointment import Appointment
from parvis_requests.events import event_of, instant

APPOINTMENT_TOPIC: Final = "parvis.requests.appointment.v1"


def booked(appointment: Appointment, remind_at: datetime | None, at: datetime) -> Event:
    """Somebody has an appointment, of which they are reminded then, if ever."""
    return _met("appointment-booked", appointment, at, remind_at=instant(remind_at) if remind_at else None)


def offered(appointment: Appointment, offer_ends_at: datetime, at: datetime) -> Event:
    """A freed slot is held for somebody on the waiting list, until then at the latest."""
    return _met("appointment-offered", appointment, at, offer_ends_at=instant(offer_ends_at))


def moved(
    appointment: Appointment, before: datetime, remind_at: datetime | None, at: datetime, *, by_agent: bool
) -> Event:
    """An appointment has another time or place; ``before`` is when it was to begin."""
    reminder = instant(remind_at) if remind_at else None
    moved_from = instant(before)
    return _met("appointment-moved", appointment, at, moved_from=moved_from, by_agent=by_agent, remind_at=reminder)


def cancelled(appointment: Appointment, at: datetime, *, by_agent: bool) -> Event:
    """An appointment does not take place."""
    return _met("appointment-cancelled", appointment, at, by_agent=by_agent)


def _met(name: str, appointment: Appointment, at: datetime, **more: str | bool | None) -> Event:
    data = {
        "appointment_id": str(appointment.id),
        "appointment_kind": appointment.kind,
        "agenda_id": str(appointment.agenda),
        "request_id": str(appointment.request) if appointment.request else None,
        "collectivity": appointment.collectivity,
        "person": str(appointment.person),
        "starts_at": instant(appointment.starts_at),
        "ends_at": instant(appointment.ends_at),
        "occurred_at": instant(at),
        "sequence": appointment.version,
        **more,
    }
    key, sequence, town = appointment.id, appointment.version, appointment.collectivity
    return event_of(name, APPOINTMENT_TOPIC, key, sequence, town, at, data)
