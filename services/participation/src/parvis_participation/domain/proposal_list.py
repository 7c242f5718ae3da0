# SPDX-License-Identifier: EUPL-1.2
"""How a list of proposals is narrowed and ordered."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from parvis_participation.domain.accountability import ProposalOutcome

_DEGREES: Final = r"-?[0-9]{1,3}(\.[0-9]{1,10})?"
BOUNDS: Final = f"^{_DEGREES}(,{_DEGREES}){{3}}$"


class ProposalSort(StrEnum):
    """In which order a list comes; a minus is downwards."""

    NEWEST = "-created_at"
    MOST_SUPPORTED = "-supports"
    MOST_DISCUSSED = "-comments"
    RANDOM = "random"
    """The same for whoever gives the same seed: nobody gains by having been first, and pages fit one another."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """A box of the map, in degrees; what lies on its east or its north side is in the next one."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which proposals of a town, and in which order."""

    words: str | None = None
    process: UUID | None = None
    outcomes: Collection[ProposalOutcome] = ()
    bounds: Bounds | None = None
    sort: ProposalSort = ProposalSort.NEWEST
    seed: int = 0
    for_everybody: bool = False
    """Without those made within a process that not everybody sees."""


def bounds_of(written: str) -> Bounds | None:
    """The box that is written as :data:`BOUNDS` says; None where it has no inside or leaves the world."""
    west, south, east, north = map(float, written.split(","))
    inside = -180 <= west < east <= 180 and -90 <= south < north <= 90  # noqa: PLR2004 - degrees
    return Bounds(west, south, east, north) if inside else None
