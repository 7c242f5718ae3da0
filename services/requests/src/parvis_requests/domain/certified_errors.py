# SPDX-License-Identifier: EUPL-1.2
"""What can be wrong with answers that another administration certifies."""

from collections.abc import Sequence

from parvis_requests.domain.certified import Lost
from parvis_requests.domain.errors import RequestError


class NoCertifierError(RequestError):
    """Nobody certifies answers for this collectivity, or none to this question."""


class ConsentOutdatedError(RequestError):
    """The text that the person consented to is not the one that holds now."""


class TooManyConsentsError(RequestError):
    """As many certified answers of the person wait for a request as may."""


class UnknownCertifiedAnswerError(RequestError):
    """No certified answer of the person's own waits for a request of that type under that name.

    ``lost`` are the places of those in the list that was given, each with the reason, where that is known.
    """

    def __init__(self, lost: Sequence[tuple[int, Lost]] = ()) -> None:
        super().__init__("certified")
        self.lost = tuple(lost)


class CertifierDownError(RequestError):
    """Who certifies, or who tells the civil status, does not answer; ``retry_after`` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("certifier")
        self.retry_after = retry_after
