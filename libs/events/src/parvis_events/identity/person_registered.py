# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""PersonRegistered, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRegistered:
    """A person has signed in for the first time.

    Attributes:
        person: Internal id of the person, the `sub` of their access tokens.
        collectivity: Where they first signed in; an account serves the whole deployment.
    """

    TYPE: ClassVar[str] = "fr.parvis.identity.person-registered.v1"
    TOPIC: ClassVar[str] = "parvis.identity.person.v1"

    person: UUID
    kind: Literal["citizen", "agent"]
    collectivity: str
    occurred_at: datetime
    sequence: int
