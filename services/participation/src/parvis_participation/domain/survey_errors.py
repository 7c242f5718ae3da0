# SPDX-License-Identifier: EUPL-1.2
"""What can be wrong with what agents take out of a survey."""

from parvis_participation.domain.errors import ParticipationError


class UnexportableError(ParticipationError):
    """Some of these questions are not in the survey, or they are too few or too many to be told together."""


class ExportedOtherwiseError(ParticipationError):
    """The rows of this anonymous survey have been told with other questions."""
