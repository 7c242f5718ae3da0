# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""ContentNoticeTold, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentNoticeTold:
    """Somebody without an account gave notice of something.

    It is acknowledged, decided on, or forgotten whose it was.

    Attributes:
        case_id: The case that their notice belongs to.
        notifier: Whom to tell: a person of their own, who has nothing but that notice.
        subject: What happened: the notice came, what it is about was kept or removed, the first time or on
            an appeal, or who gave it is forgotten, and what they were written is to be unreadable.
        sequence: Grows with each act; gaps are normal.
        final: Whether what was decided can no longer be contested with the town; false of what is no
            decision.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.content-notice-told.v1"
    TOPIC: ClassVar[str] = "parvis.participation.moderation.v1"

    case_id: UUID
    collectivity: str
    notifier: UUID
    subject: Literal["received", "kept", "removed", "forgotten"]
    occurred_at: datetime
    sequence: int
    final: bool | None = None
