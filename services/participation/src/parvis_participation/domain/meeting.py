# SPDX-License-Identifier: EUPL-1.2
"""Public meetings: what they are by, who has a place, who waits for one."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from parvis_participation.domain.errors import TransitionError
from parvis_participation.domain.meeting_errors import (
    MeetingStateError,
    MeetingTieError,
    MeetingTimesError,
    RegistrationClosedError,
)

MOST_WAITING: Final = 1_000
MOST_REGISTERED: Final = 20_000


class MeetingState(StrEnum):
    """Where a meeting is."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class MeetingAction(StrEnum):
    """What an agent does with a meeting."""

    PUBLISH = "publish"
    CANCEL = "cancel"


class RegistrationState(StrEnum):
    """Whether somebody has a place, or waits for one."""

    REGISTERED = "registered"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Times:
    """When a meeting is, and when people may register: both None where it takes no registrations."""

    begins_at: datetime
    ends_at: datetime
    registration_opens_at: datetime | None
    registration_closes_at: datetime | None

    def check(self) -> None:
        """Raise MeetingTimesError where something ends before it begins, or the window is half or too late."""
        opens, closes = self.registration_opens_at, self.registration_closes_at
        if self.ends_at <= self.begins_at or (opens is None) is not (closes is None):
            raise MeetingTimesError
        if opens is not None and closes is not None and not opens < closes <= self.ends_at:
            raise MeetingTimesError


def check_tie(process: Any, assembly: Any) -> None:
    """Raise MeetingTieError where a meeting is of a process and of an assembly at once."""
    if process is not None and assembly is not None:
        raise MeetingTieError


def next_state(state: MeetingState, action: MeetingAction, *, ends_at: datetime, now: datetime) -> MeetingState:
    """Where a meeting comes by that action; raises TransitionError. What is over is neither published nor cancelled."""
    if ends_at > now:
        if action is MeetingAction.PUBLISH and state is MeetingState.DRAFT:
            return MeetingState.PUBLISHED
        if action is MeetingAction.CANCEL and state is MeetingState.PUBLISHED:
            return MeetingState.CANCELLED
    raise TransitionError("publish a draft, cancel what is published, before it is over")


def check_changeable(state: MeetingState, begins_at: datetime, now: datetime) -> None:
    """Raise MeetingStateError of what is cancelled, or has begun in public."""
    if state is MeetingState.CANCELLED or (state is MeetingState.PUBLISHED and begins_at <= now):
        raise MeetingStateError


def check_held(state: MeetingState, begins_at: datetime, now: datetime) -> None:
    """Raise MeetingStateError unless the meeting has begun: only then did anybody come."""
    if state is not MeetingState.PUBLISHED or begins_at > now:
        raise MeetingStateError


def check_registering(state: MeetingState, times: Times, now: datetime) -> None:
    """Raise RegistrationClosedError unless people may register at that instant."""
    opens, closes = times.registration_opens_at, times.registration_closes_at
    if state is not MeetingState.PUBLISHED or opens is None or closes is None or not opens <= now < closes:
        raise RegistrationClosedError


def free_places(places: int | None, registered: int) -> int:
    """How many more people have a place; without a limit, as many as can be registered at all."""
    return max(0, (MOST_REGISTERED if places is None else places) - registered)
