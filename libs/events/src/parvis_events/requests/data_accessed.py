# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""DataAccessed, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DataAccessed:
    """An agent has read somebody's file.

    Attributes:
        person: Whose file was read.
        agent: Who read it.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.data-accessed.v1"
    TOPIC: ClassVar[str] = "parvis.requests.access.v1"

    access_id: UUID
    request_id: UUID
    collectivity: str
    person: UUID
    agent: UUID
    occurred_at: datetime
    sequence: int
