# SPDX-License-Identifier: EUPL-1.2
"""What can be wrong with an act in a consultation; the API answers each with a problem of its own."""


class ParticipationError(Exception):
    """Any of the errors below."""


class NotFoundError(ParticipationError):
    """No such consultation, or not for this caller: the two are never told apart."""


class NotAllowedError(ParticipationError):
    """The caller may see the consultation but not do this."""


class NotOpenError(ParticipationError):
    """The consultation takes no answers now."""


class UnknownOptionError(ParticipationError):
    """The question has no such option."""


class AlreadyAnsweredError(ParticipationError):
    """This person has answered this consultation."""


class ResultsNotPublicError(ParticipationError):
    """The results are shown to everybody once the consultation is closed."""


class TransitionError(ParticipationError):
    """The consultation's state does not allow this action."""


class StaleVersionError(ParticipationError):
    """Somebody changed the consultation since the caller read it."""


class BadPeriodError(ParticipationError):
    """A consultation closes after it opens."""


class RepeatedOptionError(ParticipationError):
    """Two options have the same code."""
