# SPDX-License-Identifier: EUPL-1.2
"""Whether the person of an appointment came (*honoré*, *non honoré*), as an agent marks it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from parvis_requests.domain.appointment import Appointment, AppointmentAct, AppointmentState
from parvis_requests.domain.errors import RequestError

# Some come early, and are received; nobody is missed before their time.
EARLY: Final = timedelta(hours=1)
# After a week nobody remembers.
WINDOW: Final = timedelta(days=7)


class Attendance(StrEnum):
    """That they came, did not, or that nobody has said."""

    CAME = "came"
    MISSED = "missed"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, attended: bool | None) -> "Attendance":
        """What a row says."""
        if attended is None:
            return cls.UNKNOWN
        return cls.CAME if attended else cls.MISSED

    @property
    def attended(self) -> bool | None:
        """As the row keeps it."""
        return None if self is Attendance.UNKNOWN else self is Attendance.CAME


ACTS: Final = {
    Attendance.CAME: AppointmentAct.CAME,
    Attendance.MISSED: AppointmentAct.MISSED,
    Attendance.UNKNOWN: AppointmentAct.UNMARKED,
}


class AttendanceError(RequestError):
    """It was cancelled or only offered, or it is too early or too late to say."""


@dataclass(frozen=True, slots=True)
class Marking:
    """What an agent says of an appointment."""

    attendance: Attendance

    def check(self, appointment: Appointment, now: datetime) -> None:
        """Raise AttendanceError unless it can be said now.

        That they came, from an hour before the start on; that they did not, from the start on; until a week after the
        end, within which it is undone, too.
        """
        lead = EARLY if self.attendance is not Attendance.MISSED else timedelta()
        begins, ends = appointment.starts_at - lead, appointment.ends_at + WINDOW
        if appointment.state is not AppointmentState.BOOKED or not begins <= now <= ends:
            raise AttendanceError
