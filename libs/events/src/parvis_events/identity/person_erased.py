# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""PersonErased, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonErased:
    """An account was erased (GDPR, article 17).

    Whatever is kept under this id goes, but what the law has kept, until its time is over.

    Attributes:
        person: The account that is no more; nobody has this id again.
        collectivity: Where the person had registered; the erasure holds for all.
    """

    TYPE: ClassVar[str] = "fr.parvis.identity.person-erased.v1"
    TOPIC: ClassVar[str] = "parvis.identity.person.v1"

    person: UUID
    collectivity: str
    occurred_at: datetime
    sequence: int
