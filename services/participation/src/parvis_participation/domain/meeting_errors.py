# SPDX-License-Identifier: EUPL-1.2
"""What can be wrong with a public meeting."""

from parvis_participation.domain.errors import ParticipationError


class MeetingStateError(ParticipationError):
    """The meeting is in a state that does not allow this."""


class MeetingTieError(ParticipationError):
    """A meeting is of one thing at most, which there is, and which is public by the time the meeting is."""


class MeetingTimesError(ParticipationError):
    """The times of a meeting, or of the registration for it, do not fit."""


class RegistrationClosedError(ParticipationError):
    """Nobody can register at present."""


class MeetingFullError(ParticipationError):
    """Neither a place is left nor room on the waiting list."""


class PlacesTakenError(ParticipationError):
    """More people have a place than there would be."""


class UnknownRegistrationError(ParticipationError):
    """Somebody is said to have come who has no place."""


class AccountNeededError(ParticipationError):
    """The meeting is for those for whom its process is, and nobody knows of whoever has no account who they are."""


class TooManyGuestsError(ParticipationError):
    """As many have registered without an account as may at once."""
