# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""ProcessPublished, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessPublished:
    """A participatory process is announced.

    Attributes:
        process_id: The process; also the Kafka key and the CloudEvents subject.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.process-published.v1"
    TOPIC: ClassVar[str] = "parvis.participation.process.v1"

    process_id: UUID
    collectivity: str
    occurred_at: datetime
    sequence: int
