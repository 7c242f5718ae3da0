# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""MeetingNewsTold, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingNewsTold:
    """Somebody who registered for a public meeting is to be told of it.

    That they have a place after all, that it is at another time or place, that it does not take place, or
    that it begins soon; or that they are to confirm the address that they left without an account.

    Attributes:
        news_id: What is told to this person; also the Kafka key and the CloudEvents subject.
        registrant: Whom to tell: an account, or who registered without one.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.meeting-news-told.v1"
    TOPIC: ClassVar[str] = "parvis.participation.meeting.v1"

    news_id: UUID
    meeting_id: UUID
    collectivity: str
    subject: Literal["place-found", "changed", "cancelled", "reminder", "to-confirm"]
    registrant: UUID
    begins_at: datetime
    occurred_at: datetime
    sequence: int
