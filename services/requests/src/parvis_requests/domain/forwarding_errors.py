# SPDX-License-Identifier: EUPL-1.2
"""What can be wrong with another body's endpoint, or with what is decided on a request that goes there."""

from collections.abc import Sequence

from parvis_requests.domain.errors import Fault, RequestError


class InvalidBodyError(RequestError):
    """What is said of another body does not fit the catalogue."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


class ForwardedElsewhereError(RequestError):
    """Requests of that type go to another body already; ``index`` is the place of the service that says so."""

    def __init__(self, index: int) -> None:
        super().__init__("forwarded elsewhere")
        self.index = index


class BodyInUseError(RequestError):
    """Requests are on their way to that body, or followed there."""


class TooManyBodiesError(RequestError):
    """The collectivity works with as many bodies as any may."""


class ForwardingError(RequestError):
    """The forwarding does not wait for a decision of that kind."""


class NotToForwardError(RequestError):
    """Nobody else handles its type, or the request went there before, has ended or goes along with another."""
