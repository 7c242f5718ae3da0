# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""PersonChanged, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChanged:
    """What is known of a person is something else now; whoever keeps a copy asks for it again.

    Attributes:
        person: The person's internal id.
        changed: What has changed, never to which value.
        collectivity: Where the person has registered.
    """

    TYPE: ClassVar[str] = "fr.parvis.identity.person-changed.v1"
    TOPIC: ClassVar[str] = "parvis.identity.person.v1"

    person: UUID
    changed: tuple[Literal["civil_status", "email", "language", "phone", "preferred_name"], ...]
    collectivity: str
    occurred_at: datetime
    sequence: int
