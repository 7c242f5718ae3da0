# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""RequestValiditySet, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestValiditySet:
    """An agent has said until when holds what an ended request was granted, or that it ends no more.

    Attributes:
        request_id: The request; also the Kafka key and the CloudEvents subject.
        reference: What people call it.
        request_type: Code of the request type.
        team: Code of the team that handles it.
        area: Code of the area that holds its position.
        author: Opaque id of the person who asked.
        valid_until_on: The last day of what was granted; null where it ends no more.
        remind_at: When the person is reminded of it; null where they are not.
        sequence: Grows with each act on the request; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.request-validity-set.v1"
    TOPIC: ClassVar[str] = "parvis.requests.request.v1"

    request_id: UUID
    reference: str
    request_type: str
    collectivity: str
    team: str
    area: str | None
    author: UUID
    valid_until_on: str | None
    remind_at: datetime | None
    occurred_at: datetime
    sequence: int
