# SPDX-License-Identifier: EUPL-1.2
"""An appointment as calendars take it: iCalendar (RFC 5545), published and cancelled as RFC 5546 says.

A calendar that has read it before knows it by its UID and takes the one with the higher SEQUENCE.
"""

from datetime import datetime
from typing import Final

from icalendar import Calendar, Event, vCalAddress

from parvis_kit.locale import Language
from parvis_requests.db.tables import Agenda, Appointment, AppointmentKind
from parvis_requests.domain.appointment import AppointmentState
from parvis_requests.service.read_appointments import OpenAppointment

_PRODUCT: Final = "-//Parvis//Parvis requests//FR"
# RFC 5545 section 3.8.1.11: what is offered is held, and not sure yet.
_STATUS: Final = {
    AppointmentState.OFFERED: "TENTATIVE",
    AppointmentState.BOOKED: "CONFIRMED",
    AppointmentState.CANCELLED: "CANCELLED",
}


def calendar_of(found: OpenAppointment, language: Language) -> bytes:
    """The calendar file of one appointment; times are in UTC, so that it needs no VTIMEZONE."""
    calendar = empty_calendar()
    calendar.add("method", "CANCEL" if found.row.state == AppointmentState.CANCELLED else "PUBLISH")
    calendar.add_component(event_of(found.row, found.kind, found.agenda, language, found.kind.instructions[language]))
    made: bytes = calendar.to_ical()
    return made


def empty_calendar() -> Calendar:
    """A calendar of this service."""
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    return calendar


def event_of(
    row: Appointment, kind: AppointmentKind, agenda: Agenda, language: Language, description: str | None
) -> Event:
    """An appointment as an event: of which kind, when and where, and nobody's name."""
    organizer = vCalAddress(f"urn:uuid:{agenda.id}")
    organizer.params["CN"] = agenda.name[language]
    event = Event.new(
        uid=str(row.id),
        stamp=_whole(row.updated_at),
        created=_whole(row.created_at),
        last_modified=_whole(row.updated_at),
        sequence=row.version - 1,
        start=row.starts_at,
        end=row.ends_at,
        summary=kind.name[language],
        description=description,
        location=f"{agenda.place[language]}, {agenda.name[language]}",
        organizer=organizer,
    )
    event.add("status", _STATUS[AppointmentState(row.state)])
    return event


def _whole(at: datetime) -> datetime:
    # Times of RFC 5545 have no fractions of a second.
    return at.replace(microsecond=0)
