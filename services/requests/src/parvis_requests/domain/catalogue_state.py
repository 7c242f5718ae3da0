# SPDX-License-Identifier: EUPL-1.2
"""What other systems are told of a catalogue: which request types and areas there are."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TypeState:
    """A request type as it is told.

    Attributes:
        version: number of the version on offer, or that was last.
        offered: False once the type was retired.
        told: how often its state was told, this time included.
    """

    id: UUID
    collectivity: str
    code: str
    group: str
    version: int
    offered: bool
    told: int


@dataclass(frozen=True, slots=True)
class AreaState:
    """An area as it is told; ``told`` as of a request type, ``retired`` once nothing is filed there any more."""

    id: UUID
    collectivity: str
    code: str
    level: str
    parent: str | None
    retired: bool
    told: int
