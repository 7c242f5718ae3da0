# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""AssemblySessionTold, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblySessionTold:
    """A member is convened to a session of an assembly, or told that it does not take place.

    Attributes:
        member: Whom to tell.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.assembly-session-told.v1"
    TOPIC: ClassVar[str] = "parvis.participation.assembly.v1"

    session_id: UUID
    assembly_id: UUID
    collectivity: str
    member: UUID
    state: Literal["convened", "cancelled"]
    begins_at: datetime
    occurred_at: datetime
    sequence: int
