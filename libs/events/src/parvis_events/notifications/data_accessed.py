# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""DataAccessed, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DataAccessed:
    """A system or an agent has read what was written to a person, to whom it goes, or whether it came.

    Attributes:
        access_id: The access itself.
        message_id: The message that was read.
        person: To whom it was written.
        client: OAuth client that read it.
        category: What was read: `deliveries` is what the person was told of a request, without its words,
            by which channel, and what became of it, which an agent has asked; `letter` is the PDF of a
            letter, which the town's own mail room has fetched; `letter-address` is the name and address on
            its envelope, seen in the list of what waits there, which is told once a day for each
            application, however often it looks.
        collectivity: On whose behalf.
        agent: The agent who read it by that client; null where the client did so of itself.
    """

    TYPE: ClassVar[str] = "fr.parvis.notifications.data-accessed.v1"
    TOPIC: ClassVar[str] = "parvis.notifications.access.v1"

    access_id: UUID
    message_id: UUID
    person: UUID
    client: str
    category: Literal["letter", "letter-address", "deliveries"]
    collectivity: str
    occurred_at: datetime
    sequence: int
    agent: UUID | None = None
