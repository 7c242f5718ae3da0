# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""RequestStatusChanged, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestStatusChanged:
    """A request has gone from one state of its workflow to another, where no event of a more precise type tells it.

    Attributes:
        request_id: The request; also the Kafka key and the CloudEvents subject.
        reference: What people call it.
        request_type: Code of the request type.
        team: Code of the team that handles it.
        area: Code of the area that holds its position.
        author: Opaque id of the person who asked.
        action: Code of the transition of the workflow, or of an act that is in none, such as change-type:
            request_type is then the new one.
        from_status: Code of the state that it left.
        to_status: Code of the state that it is in.
        sequence: Grows with each act on the request; gaps are normal.
        notify_author: The author is to be written to of this step: they did not do it themselves, and no
            message tells it.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.request-status-changed.v1"
    TOPIC: ClassVar[str] = "parvis.requests.request.v1"

    request_id: UUID
    reference: str
    request_type: str
    collectivity: str
    team: str
    area: str | None
    author: UUID
    action: str
    from_status: str
    to_status: str
    occurred_at: datetime
    sequence: int
    notify_author: bool | None = None
