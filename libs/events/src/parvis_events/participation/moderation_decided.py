# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""ModerationDecided, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ModerationDecided:
    """A moderator has decided what becomes of what was reported, the first time or on an appeal.

    Attributes:
        case_id: The case; also the Kafka key and the CloudEvents subject.
        kind: What was reported.
        content_id: The comment, proposal, project of a participatory budget, statement of a conversation,
            photo or amendment of a proposal, amendment whose answer, or petition that was reported.
        author: Who wrote it; the stable internal identifier, opaque outside. Null where it was forgotten
            before whose it was.
        outcome: What was decided.
        state: Closed where it was decided on an appeal.
        reversed: Whether it was decided otherwise than the first time.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.moderation-decided.v1"
    TOPIC: ClassVar[str] = "parvis.participation.moderation.v1"

    case_id: UUID
    kind: Literal["comment", "proposal", "project", "statement", "photo", "amendment", "amendment-answer", "petition"]
    content_id: UUID
    author: UUID | None
    outcome: Literal["kept", "removed"]
    state: Literal["decided", "closed"]
    reversed: bool
    collectivity: str
    occurred_at: datetime
    sequence: int
