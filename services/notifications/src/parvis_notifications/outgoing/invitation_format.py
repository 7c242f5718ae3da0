# SPDX-License-Identifier: EUPL-1.2
"""The calendar file of a mail: iCalendar (RFC 5545) with the methods of RFC 5546, as RFC 6047 sends them.

The person has chosen the time themselves or was given it by the town, which reads no answers: they stand as having
accepted, and are asked for none.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress

from parvis_notifications.domain.invitation import Invitation

_PRODUCT: Final = "-//Parvis//Parvis notifications//FR"
# The rule that has held since 1996 (directive 2000/84/EC), as section 3.6.5 wants it: times of the clock before it.
_PARIS: Final = """\
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


def calendar_bytes(
    invitation: Invitation, *, organizer: str, organizer_name: str, attendee: str, clock: ZoneInfo
) -> bytes:
    """The calendar file of one appointment, from the address that the mail comes from to the one that it goes to.

    Its times are those of the clocks where it is.
    """
    event = Event.new(
        uid=invitation.uid,
        stamp=invitation.stamped_at.replace(microsecond=0),
        sequence=invitation.sequence,
        start=invitation.starts_at.astimezone(clock),
        end=invitation.ends_at.astimezone(clock),
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
    if clock.key != "UTC":
        known = clock.key == "Europe/Paris"
        calendar.add_component(Timezone.from_ical(_PARIS) if known else _zone(clock, invitation.starts_at.year))
    calendar.add_component(event)
    made: bytes = calendar.to_ical()
    return made


@lru_cache(maxsize=64)
def _zone(clock: ZoneInfo, year: int) -> Timezone:
    """How those clocks go in that year, the one before and the one after; an appointment is in it."""
    zone = Timezone()
    zone.add("tzid", clock.key)
    begins = datetime(year - 1, 1, 1, tzinfo=UTC)
    hours = (begins + timedelta(hours=each) for each in range(3 * 366 * 24))
    before = begins.astimezone(clock).utcoffset()
    zone.add_component(_observance(begins, before, before, clock))
    for hour in hours:
        offset = hour.astimezone(clock).utcoffset()
        if offset != before:
            zone.add_component(_observance(hour, before, offset, clock))
            before = offset
    return zone


def _observance(
    since: datetime, before: timedelta | None, offset: timedelta | None, clock: ZoneInfo
) -> TimezoneStandard | TimezoneDaylight:
    """Since an instant, which section 3.6.5 has told by the clock as it went before."""
    local = since.astimezone(clock)
    made = TimezoneDaylight() if local.dst() else TimezoneStandard()
    made.add("dtstart", since.replace(tzinfo=None) + (before or timedelta()))
    made.add("tzoffsetfrom", before)
    made.add("tzoffsetto", offset)
    made.add("tzname", local.tzname())
    return made


def _person(address: str, **parameters: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    person.params.update(parameters)
    return person
