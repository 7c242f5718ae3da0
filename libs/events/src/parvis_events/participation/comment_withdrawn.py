# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""CommentWithdrawn, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentWithdrawn:
    """Its author has taken a comment back.

    Attributes:
        comment_id: The comment; also the Kafka key and the CloudEvents subject.
        thread: What is discussed.
        subject_id: The project, consultation or proposal that is discussed.
        parent_id: The comment that this one answers, if it answers one.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.comment-withdrawn.v1"
    TOPIC: ClassVar[str] = "parvis.participation.comment.v1"

    comment_id: UUID
    thread: Literal["project", "consultation", "proposal"]
    subject_id: UUID
    parent_id: UUID | None
    collectivity: str
    occurred_at: datetime
    sequence: int
