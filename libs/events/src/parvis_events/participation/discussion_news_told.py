# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""DiscussionNewsTold, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscussionNewsTold:
    """Comments were written on what somebody writes, or answer what they said.

    This person is told, of many at once.

    Attributes:
        news_id: The same for all who are told of these comments.
        thread: What is discussed.
        subject_id: The project, consultation or proposal.
        person: Whom to tell: who writes what is discussed, or was answered.
        comments: How many comments of others concern that person.
        replies: How many of them answer comments of that person.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.discussion-news-told.v1"
    TOPIC: ClassVar[str] = "parvis.participation.news.v1"

    news_id: UUID
    thread: Literal["project", "consultation", "proposal"]
    subject_id: UUID
    collectivity: str
    person: UUID
    comments: int
    replies: int
    occurred_at: datetime
    sequence: int
