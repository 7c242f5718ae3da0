# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""SatisfactionAsked, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SatisfactionAsked:
    """The author of a request that has ended is asked, once, how they were served.

    Attributes:
        request_id: The request; also the Kafka key and the CloudEvents subject.
        reference: What people call it.
        request_type: Code of the request type.
        team: Code of the team that handles it.
        area: Code of the area that holds its position.
        author: Opaque id of the person who asked.
        closes_at: Until when they may answer.
        sequence: Grows with each act on the request; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.satisfaction-asked.v1"
    TOPIC: ClassVar[str] = "parvis.requests.request.v1"

    request_id: UUID
    reference: str
    request_type: str
    collectivity: str
    team: str
    area: str | None
    author: UUID
    closes_at: datetime
    occurred_at: datetime
    sequence: int
