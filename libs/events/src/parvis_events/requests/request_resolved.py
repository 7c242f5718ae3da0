# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""RequestResolved, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestResolved:
    """An agent has resolved a request.

    Attributes:
        request_id: The request; also the Kafka key and the CloudEvents subject.
        reference: What people call it.
        request_type: Code of the request type.
        team: Code of the team that handles it.
        area: Code of the area that holds its position.
        author: Opaque id of the person who asked.
        sequence: Grows with each act on the request; gaps are normal.
        notify_author: The author is to be written to of this step: they did not do it themselves, and no
            message tells it. Events of before this member have none: they are.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.request-resolved.v1"
    TOPIC: ClassVar[str] = "parvis.requests.request.v1"

    request_id: UUID
    reference: str
    request_type: str
    collectivity: str
    team: str
    area: str | None
    author: UUID
    occurred_at: datetime
    sequence: int
    notify_author: bool | None = None
