# SPDX-License-Identifier: EUPL-1.2
"""Appointments (*rendez-vous*): who may change one, and until when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from parvis_requests.domain.appointment_errors import AppointmentOverError, ReasonMissingError, TooLateToChangeError
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.domain.request import Actor

# A person's appointments ahead, of all kinds: nobody keeps a town's slots for themselves.
MAX_AHEAD: Final = 5


class AppointmentState(StrEnum):
    """Where an appointment is in its life."""

    OFFERED = "offered"
    BOOKED = "booked"
    CANCELLED = "cancelled"


class AppointmentAct(StrEnum):
    """What was done to an appointment; one that was offered and not taken was declined, or has lapsed.

    Of one that was booked it was marked that the person came, or did not, or that was taken back.
    """

    OFFERED = "offered"
    DECLINED = "declined"
    LAPSED = "lapsed"
    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"
    CAME = "came"
    MISSED = "missed"
    UNMARKED = "unmarked"


def reminder_at(starts_at: datetime, before: timedelta, now: datetime) -> datetime | None:
    """When its person is reminded of an appointment; None for never, or where it is booked later than that."""
    at = starts_at - before
    return at if before and at > now else None


@dataclass(frozen=True, slots=True)
class Appointment:
    """An appointment, with what its rules need; people change it themselves until ``change_until`` before its start."""

    id: UUID
    collectivity: str
    kind: str
    agenda: UUID
    request: UUID | None
    person: UUID
    state: AppointmentState
    starts_at: datetime
    ends_at: datetime
    version: int
    change_until: timedelta

    def open_to(self, actor: Actor) -> "Appointment":
        """This one, when the actor may see it; raises NotFoundError otherwise, which hides that it exists."""
        if actor.collectivity == self.collectivity and (actor.is_agent or actor.person == self.person):
            return self
        raise NotFoundError

    @property
    def changes_end_at(self) -> datetime:
        """Until when the person may move or cancel it."""
        return self.starts_at - self.change_until

    def changeable_by(self, actor: Actor, reason: str | None, now: datetime) -> None:
        """Let the actor move or cancel it.

        Raises NotFoundError, AppointmentOverError, TooLateToChangeError (a person) or ReasonMissingError (an agent).
        """
        self.open_to(actor)
        if self.state is not AppointmentState.BOOKED or self.starts_at <= now:
            raise AppointmentOverError
        if actor.is_agent and not reason:
            raise ReasonMissingError
        if not actor.is_agent and now > self.changes_end_at:
            raise TooLateToChangeError
