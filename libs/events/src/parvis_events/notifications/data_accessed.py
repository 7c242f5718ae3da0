# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""DataAccessed, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DataAccessed:
    """A system has read what was written to a person.

    Attributes:
        access_id: The access itself.
        message_id: The message that was read.
        person: To whom it was written.
        client: OAuth client that read it.
        category: What was read: `letter` is the PDF of a letter, which the town's own mail room has
            fetched.
        collectivity: On whose behalf.
    """

    TYPE: ClassVar[str] = "fr.parvis.notifications.data-accessed.v1"
    TOPIC: ClassVar[str] = "parvis.notifications.access.v1"

    access_id: UUID
    message_id: UUID
    person: UUID
    client: str
    category: Literal["letter"]
    collectivity: str
    occurred_at: datetime
    sequence: int
