# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""AccountMerged, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountMerged:
    """Two accounts were found to be one person's.

    What is known under the one belongs to the other.

    Attributes:
        person: The account that is no more.
        into: The account that took its place.
        collectivity: Whose agent joined them.
    """

    TYPE: ClassVar[str] = "fr.parvis.identity.account-merged.v1"
    TOPIC: ClassVar[str] = "parvis.identity.person.v1"

    person: UUID
    into: UUID
    collectivity: str
    occurred_at: datetime
    sequence: int
