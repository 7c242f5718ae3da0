# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""AppealDecided, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealDecided:
    """An appeal against what a request was refused has come to its end.

    Attributes:
        request_id: The request; also the Kafka key and the CloudEvents subject.
        reference: What people call it.
        request_type: Code of the request type.
        team: Code of the team that handles it.
        area: Code of the area that holds its position.
        author: Opaque id of the person who asked.
        appeal_id: The appeal, among those of the request.
        appeal_kind: To whom the refusal is contested: the three last are outside of the collectivity.
        outcome: How it ended. The refusal is withdrawn where it was upheld, which ends the others against
            it; a rejection by silence may be followed by a decision with reasons.
        effective_at: The instant from which that holds, whenever it came to be recorded.
        sequence: Grows with each act on the request; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.appeal-decided.v1"
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
    outcome: Literal["upheld", "rejected", "deemed-rejected", "ended", "withdrawn"]
    effective_at: datetime
    occurred_at: datetime
    sequence: int
