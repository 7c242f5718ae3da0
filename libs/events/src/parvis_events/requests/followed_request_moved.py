# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""FollowedRequestMoved, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedRequestMoved:
    """A public request that somebody follows moved, joined another or left it; one event for each follower.

    Attributes:
        follow_id: Opaque id of this person's following; also the Kafka key and the CloudEvents subject.
        action: What was done: the code of the transition, or `merge`, `unmerge` or `reopen`.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.followed-request-moved.v1"
    TOPIC: ClassVar[str] = "parvis.requests.follow.v1"

    follow_id: UUID
    request_id: UUID
    reference: str
    request_type: str
    collectivity: str
    person: UUID
    status: str
    occurred_at: datetime
    sequence: int
    action: str | None = None
