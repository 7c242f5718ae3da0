# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""AssemblyNewsTold, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblyNewsTold:
    """There is news of an assembly, and this person follows it.

    Attributes:
        follower: Whom to tell.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.assembly-news-told.v1"
    TOPIC: ClassVar[str] = "parvis.participation.assembly.v1"

    news_id: UUID
    assembly_id: UUID
    session_id: UUID
    collectivity: str
    subject: Literal["session-convened", "session-cancelled", "minutes-published"]
    follower: UUID
    occurred_at: datetime
    sequence: int
