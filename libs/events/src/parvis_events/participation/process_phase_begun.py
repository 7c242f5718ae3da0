# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""ProcessPhaseBegun, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessPhaseBegun:
    """People may do other things in the process from now on.

    Attributes:
        process_id: The process; also the Kafka key and the CloudEvents subject.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.process-phase-begun.v1"
    TOPIC: ClassVar[str] = "parvis.participation.process.v1"

    process_id: UUID
    collectivity: str
    phase: str
    occurred_at: datetime
    sequence: int
