# SPDX-License-Identifier: EUPL-1.2
"""Mails that gather what is not pressing: how often they go, and at which hour of whoever gets them."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from parvis_notifications.domain.message import Template
from parvis_notifications.domain.quiet_hours import zone
from parvis_notifications.domain.topic import ASKED_FOR, LEGAL

# What a mail names one by one; the others are counted.
MOST_LINES: Final = 20
USUAL_TIME_ZONE: Final = "Europe/Paris"
"""That of a town of which no other is said."""
DIGEST: Final = "digest"
"""In the place of an occasion, where a mail tells of several."""
PRESSING: Final = frozenset(
    {
        Template.REQUEST_DEEMED_ACCEPTED,
        Template.REQUEST_DEEMED_REJECTED,
        Template.APPEAL_DECIDED,
        Template.SATISFACTION_ASKED,
        Template.VALIDITY_REMINDER,
        Template.APPOINTMENT_OFFERED,
        Template.APPOINTMENT_BOOKED,
        Template.APPOINTMENT_MOVED,
        Template.APPOINTMENT_CANCELLED,
        Template.APPOINTMENT_REMINDER,
        Template.AGENT_REQUEST_DUE_SOON,
        Template.AGENT_APPEAL_DUE_SOON,
        # What several of these become: the more is due, the less it may wait.
        Template.AGENT_WORK_DUE,
        Template.PROCESS_CLOSING,
        Template.SESSION_CONVENED,
        Template.SESSION_CANCELLED,
        Template.MEETING_PLACE_FOUND,
        Template.MEETING_CHANGED,
        Template.MEETING_CANCELLED,
        Template.MEETING_REMINDER,
        Template.TEMPLATE_TRIED,
    }
)
"""What bears a date, starts a period, or has a link or a calendar file of its own in its mail."""


class Rhythm(StrEnum):
    """How often what is gathered goes."""

    DAILY = "daily"
    WEEKLY = "weekly"

    @property
    def days(self) -> int:
        """Between two mails, at most."""
        return 7 if self is Rhythm.WEEKLY else 1


class Weekday(StrEnum):
    """The days of the week, in their order."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


WEEK: Final = tuple(Weekday)


@dataclass(frozen=True, slots=True)
class DigestTime:
    """When it goes, by the clocks of a time zone: ``weekday`` (0 is Monday) is for what goes weekly.

    Raises UnknownTimeZoneError: not a name of the IANA time zone database.
    """

    at: time = time(8)
    weekday: int = 0
    time_zone: str = USUAL_TIME_ZONE

    def __post_init__(self) -> None:
        zone(self.time_zone)

    def next_after(self, now: datetime, rhythm: Rhythm) -> datetime:
        """The first such instant later than ``now``, in UTC.

        Once a day, also where clocks show the hour twice (the first one counts) or not at all (it is that much later).
        """
        clock = zone(self.time_zone)
        today = now.astimezone(clock).date()
        days = (today + timedelta(days=ahead) for ahead in range(-1, 9))
        wanted = (day for day in days if rhythm is Rhythm.DAILY or day.weekday() == self.weekday)
        instants = (datetime.combine(day, self.at, clock).astimezone(UTC) for day in wanted)
        return min(instant for instant in instants if instant > now)


def gatherable(occasion: Template) -> bool:
    """Whether a message may wait for the others."""
    return occasion not in LEGAL and occasion not in ASKED_FOR and occasion not in PRESSING
