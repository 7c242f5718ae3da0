# SPDX-License-Identifier: EUPL-1.2
"""What can be wrong with files that people send to a survey, and with what agents take out of it."""

from parvis_participation.domain.errors import ParticipationError


class UnexportableError(ParticipationError):
    """Some of these questions are not in the survey, or they are too few or too many to be told together."""


class ExportedOtherwiseError(ParticipationError):
    """The rows of this anonymous survey have been told with other questions."""


class LinkByNameError(ParticipationError):
    """A survey by name takes no answers of people whom it does not know."""


class SurveyLinkError(ParticipationError):
    """The survey is not answered by this link, or not any more."""


class TooManyLinkAnswersError(ParticipationError):
    """As many have answered this survey by its link within the hour as may."""


class FileNotAskedError(ParticipationError):
    """The survey has no such question that takes a file of this kind."""


class TooManyFilesError(ParticipationError):
    """This person, or all of them together, have sent as much to this survey as they may."""


class InfectedFileError(ParticipationError):
    """An antivirus has stopped the file."""


class AntivirusAwayError(ParticipationError):
    """The antivirus, which sees each file before it is kept, does not answer."""
