# SPDX-License-Identifier: EUPL-1.2
"""Until which day holds what somebody was granted, such as a card or a permit, and when they are reminded of it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from parvis_requests.domain.calendar import add_months, day_of
from parvis_requests.domain.errors import RequestError

_MORNING: Final = time(9)
# A grant in a cemetery may be for ever (CGCT, article L. 2223-14); any other ends within a lifetime.
_LONGEST_MONTHS: Final = 100 * 12


class ValidityError(RequestError):
    """A day that is over, or more than a hundred years away."""


@dataclass(frozen=True, slots=True)
class Validity:
    """The last day, and how many days before it the person is reminded."""

    until_on: date
    reminder_days: int

    def checked(self, now: datetime) -> "Validity":
        """This one; raises ValidityError."""
        today = day_of(now)
        if not today <= self.until_on <= add_months(today, _LONGEST_MONTHS):
            raise ValidityError
        return self

    def reminder_at(self, now: datetime, clock: ZoneInfo) -> datetime | None:
        """In the morning of that day in the town; None where it is past: who was just told needs no reminder."""
        at = datetime.combine(self.until_on - timedelta(days=self.reminder_days), _MORNING, clock)
        return at if at > now else None
