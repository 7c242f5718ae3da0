# SPDX-License-Identifier: EUPL-1.2
"""What can be wrong with the routing of a town."""

from collections.abc import Sequence

from parvis_requests.domain.errors import Fault, RequestError


class InvalidRoutingError(RequestError):
    """Rules that name a team or an area that the town does not have."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults
