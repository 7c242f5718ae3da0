# SPDX-License-Identifier: EUPL-1.2
"""What is told of appeals: acts on their requests, on the topic of these and in their order."""

from datetime import datetime
from uuid import UUID

from parvis_kit.messaging.events import Event
from parvis_requests.domain.appeal import Appeal
from parvis_requests.domain.request import Request
from parvis_requests.events import about, instant


def lodged(request: Request, appeal_id: UUID, appeal: Appeal, at: datetime, *, late: bool) -> Event:
    """A refusal is contested; silence rejects that at ``answer_due_at``, where it is for the town to answer."""
    due = instant(appeal.answer_due_at) if appeal.answer_due_at else None
    named = {"appeal_id": str(appeal_id), "appeal_kind": str(appeal.kind)}
    return about(request, "appeal-lodged", at, **named, late=late, answer_due_at=due)


def ended(request: Request, appeal_id: UUID, appeal: Appeal, effective_at: datetime, at: datetime) -> Event:
    """An appeal has ended: decided, rejected by silence at ``effective_at``, withdrawn, or over without a decision."""
    named = {"appeal_id": str(appeal_id), "appeal_kind": str(appeal.kind), "outcome": str(appeal.state)}
    return about(request, "appeal-decided", at, **named, effective_at=instant(effective_at))
