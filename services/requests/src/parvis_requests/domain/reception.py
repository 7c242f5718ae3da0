# SPDX-License-Identifier: EUPL-1.2
"""The day on which the town received what an agent enters for somebody: a letter lies for days before it is typed in.

The legal period runs from there, not from the day of the entry (articles L112-3 and L114-3 of the CRPA), and the
receipt names it (R112-5). Whatever came online has the instant at which it came, which nobody gives.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from parvis_requests.domain.asking import Asker, Channel
from parvis_requests.domain.calendar import day_of, end_of
from parvis_requests.domain.errors import RequestError
from parvis_requests.domain.legal import Clock, Regime

# What lay longer is a mistake of the keyboard rather than of the mail room.
LONGEST: Final = timedelta(days=366)
# What the history calls a correction.
RECEPTION: Final = "reception"


class ReceptionFault(StrEnum):
    """What is wrong with a day of reception."""

    LATER = "after-the-entry"
    EARLIER = "too-long-ago"
    NOT_ENTERED = "not-entered-by-an-agent"


class ReceptionDayError(RequestError):
    """The town did not receive it on that day, or not by an agent."""

    def __init__(self, fault: ReceptionFault) -> None:
        super().__init__(fault)
        self.fault = fault


class ReceptionSettledError(RequestError):
    """It came online or from another administration, or it has ended: nobody corrects when it was received."""


class PeriodOverError(RequestError):
    """Counted from that day silence has decided already, and the agent has not said that they know."""

    def __init__(self, last_day: date) -> None:
        super().__init__("period over")
        self.last_day = last_day


@dataclass(frozen=True, slots=True)
class Reception:
    """On which day it was received, as an agent says; ``period_over`` that they know that silence has decided it."""

    on: date
    period_over: bool = False

    def check(self, entered_on: date) -> None:
        """Raise ReceptionDayError for a day after the entry, or more than a year before it."""
        if self.on > entered_on:
            raise ReceptionDayError(ReceptionFault.LATER)
        if self.on < entered_on - LONGEST:
            raise ReceptionDayError(ReceptionFault.EARLIER)

    def check_period(self, clock: Clock | None, regime: Regime | None, now: datetime) -> None:
        """Raise PeriodOverError where the period is over, and the agent does not know."""
        last = clock.last_day(regime) if clock and regime else None
        if last and end_of(last) <= now and not self.period_over:
            raise PeriodOverError(last)


def received_day(said: Reception | None, asker: Asker, now: datetime) -> date:
    """The day that an agent says, else today; raises ReceptionDayError."""
    entered_on = day_of(now)
    if said is None:
        return entered_on
    if not asker.by_agent or asker.channel is Channel.ONLINE:
        raise ReceptionDayError(ReceptionFault.NOT_ENTERED)
    said.check(entered_on)
    return said.on


def received_at(day: date, entered_at: datetime) -> datetime:
    """The instant of the entry on its own day; of a day before it nobody knows more than its beginning."""
    return entered_at if day == day_of(entered_at) else end_of(day - timedelta(days=1))
