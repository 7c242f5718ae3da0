# SPDX-License-Identifier: EUPL-1.2
"""What is refused of assemblies."""

from parvis_participation.domain.errors import ParticipationError


class AssemblyStateError(ParticipationError):
    """The state of the assembly's session, minutes or draw does not allow this."""


class AlreadyVolunteersError(ParticipationError):
    """This person volunteers by another account of theirs."""


class AlreadyMemberError(ParticipationError):
    """This person is a member of the assembly in a part of that time."""


class MandateError(ParticipationError):
    """A mandate ends on the day it begins or later, and lasts twelve years at most."""


class ApprovalDayError(ParticipationError):
    """Minutes are approved on the day of the session or later, and not on a day to come."""


class UnknownCollegeError(ParticipationError):
    """The assembly has no such college; where it has some, each member is of one."""


class UnknownMemberError(ParticipationError):
    """Not a member of the assembly on the day of the session."""


class AssemblyFullError(ParticipationError):
    """The assembly has as many members as one can have."""


class AbsentNamedError(ParticipationError):
    """Minutes name somebody who was not there."""


class AttendanceMissingError(ParticipationError):
    """Nobody has noted who came to the session."""


class DrawWaitingError(ParticipationError):
    """Lots for that college have been frozen and are neither drawn nor given up."""


class SeedFormatError(ParticipationError):
    """The seed is not written as it was said that it would be."""
