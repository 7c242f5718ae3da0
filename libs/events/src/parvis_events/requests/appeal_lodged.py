# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""AppealLodged, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealLodged:
    """What a request was refused is contested.

    Attributes:
        request_id: The request; also the Kafka key and the CloudEvents subject.
        reference: What people call it.
        request_type: Code of the request type.
        team: Code of the team that handles it.
        area: Code of the area that holds its position.
        author: Opaque id of the person who asked.
        appeal_id: The appeal, among those of the request.
        appeal_kind: To whom the refusal is contested: the three last are outside of the collectivity.
        late: Whether it came after the period for it; it is looked at all the same.
        answer_due_at: The instant from which silence rejects it; null where silence decides nothing.
        sequence: Grows with each act on the request; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.appeal-lodged.v1"
    TOPIC: ClassVar[str] = "parvis.requests.request.v1"

    request_id: UUID
    reference: str
    request_type: str
    collectivity: str
    team: str
    area: str | None
    author: UUID
    appeal_id: UUID
    appeal_kind: Literal["reconsideration", "hierarchical", "mediation", "cada", "court", "defender-of-rights"]
    late: bool
    answer_due_at: datetime | None
    occurred_at: datetime
    sequence: int
