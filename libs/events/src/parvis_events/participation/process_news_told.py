# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""ProcessNewsTold, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessNewsTold:
    """There is news of a process, and this person follows it.

    Attributes:
        news_id: The news; also the Kafka key and the CloudEvents subject.
        follower: Whom to tell.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.process-news-told.v1"
    TOPIC: ClassVar[str] = "parvis.participation.news.v1"

    news_id: UUID
    collectivity: str
    process_id: UUID
    follower: UUID
    occurred_at: datetime
    sequence: int
