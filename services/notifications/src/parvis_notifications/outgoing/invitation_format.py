# SPDX-License-Identifier: EUPL-1.2
"""The calendar file of a mail: iCalendar (RFC 5545) with the methods of RFC 5546, as RFC 6047 sends them.

The person has chosen the time themselves or was given it by the town, which reads no answers: they stand as having
accepted, and are asked for none.
"""

from typing import Final
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vCalAddress

from parvis_notifications.domain.invitation import Invitation

PARIS: Final = ZoneInfo("Europe/Paris")
_PRODUCT: Final = "-//Parvis//Parvis notifications//FR"
# The rule that has held since 1996 (directive 2000/84/EC), as section 3.6.5 wants it: times of the clock before it.
_ZONE: Final = """\
BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""


def method_of(invitation: Invitation) -> str:
    """What is asked of the calendar."""
    return "CANCEL" if invitation.cancelled else "REQUEST"


def calendar_bytes(invitation: Invitation, *, organizer: str, organizer_name: str, attendee: str) -> bytes:
    """The calendar file of one appointment, from the address that the mail comes from to the one that it goes to."""
    event = Event.new(
        uid=invitation.uid,
        stamp=invitation.stamped_at.replace(microsecond=0),
        sequence=invitation.sequence,
        start=invitation.starts_at.astimezone(PARIS),
        end=invitation.ends_at.astimezone(PARIS),
        summary=invitation.summary,
        description=invitation.description,
        location=invitation.location,
        organizer=_person(organizer, CN=organizer_name),
        attendees=[_person(attendee, PARTSTAT="ACCEPTED", RSVP="FALSE")],
    )
    event.add("status", "CANCELLED" if invitation.cancelled else "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method_of(invitation))
    calendar.add_component(Timezone.from_ical(_ZONE))
    calendar.add_component(event)
    made: bytes = calendar.to_ical()
    return made


def _person(address: str, **parameters: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    person.params.update(parameters)
    return person
