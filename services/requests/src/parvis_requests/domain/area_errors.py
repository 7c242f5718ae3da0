# SPDX-License-Identifier: EUPL-1.2
"""What can be wrong with what is said of an area."""

from collections.abc import Sequence

from parvis_requests.domain.errors import Fault, RequestError


class InvalidAreaError(RequestError):
    """An outline that has no inside, or a parent that is none; ``said`` is more of what is wrong, in English."""

    def __init__(self, faults: Sequence[Fault], said: str = "") -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults
        self.said = said


class AreaExistsError(RequestError):
    """The collectivity has, or had, an area of that code: it is to be replaced."""


class AreaInUseError(RequestError):
    """Other areas lie in it."""


class AreaRetiredError(RequestError):
    """It is no part of the territory any more."""


class TooManyAreasError(RequestError):
    """The collectivity has as many areas as any may."""
