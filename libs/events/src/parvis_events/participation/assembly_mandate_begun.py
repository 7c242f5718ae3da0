# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""AssemblyMandateBegun, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblyMandateBegun:
    """A member of an assembly is in office.

    Attributes:
        member_id: The mandate; also the Kafka key and the CloudEvents subject.
        person: Whom to tell; null: the member has no account.
        ends_on: The last day of the mandate.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.assembly-mandate-begun.v1"
    TOPIC: ClassVar[str] = "parvis.participation.assembly.v1"

    member_id: UUID
    assembly_id: UUID
    collectivity: str
    person: UUID | None
    ends_on: str
    occurred_at: datetime
    sequence: int
