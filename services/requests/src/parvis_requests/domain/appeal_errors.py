# SPDX-License-Identifier: EUPL-1.2
"""What contesting a decision forbids."""

from parvis_requests.domain.errors import RequestError


class NothingToContestError(RequestError):
    """The request stands in no state that refuses it."""


class AppealOpenError(RequestError):
    """One of that kind is being looked at already."""


class TooManyAppealsError(RequestError):
    """The decision was contested as often as one may."""


class AppealClosedError(RequestError):
    """It was decided, or withdrawn, for good."""


class OutcomeError(RequestError):
    """No appeal of that kind ends so."""


class AppealDatesError(RequestError):
    """It came before the decision that it contests, or before it was sent, or has not come yet."""


class SameAgentError(RequestError):
    """Who took the decision does not look at it again where another person must."""
