# SPDX-License-Identifier: EUPL-1.2
"""Decide by which channels a new message goes, keep why, and put it on its way."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKey
from parvis_kit.ids import uuid7
from parvis_kit.telemetry import current_traceparent
from parvis_notifications.db import decisions, messages
from parvis_notifications.db.delivery_tables import SEALED_ADDRESS
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.preferences import Outcome, Preferences, Reach


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What the plan is made for: a message, where its person can be reached, and until when they need it."""

    id: UUID
    collectivity: str
    occasion: Template
    reach: Reach
    useless_at: datetime | None = None


def plan_deliveries(
    session: AsyncSession, message: NewMessage, preferences: Preferences, key: PersonKey, now: datetime
) -> None:
    """In the transaction that writes the message."""
    made = preferences.decide(message.occasion, message.reach, now, message.useless_at)
    decisions.add(session, message.id, message.collectivity, made, now)
    for decision in made:
        if decision.outcome is not Outcome.WITHHELD:
            messages.add_delivery(
                session,
                id=uuid7(),
                message_id=message.id,
                channel=decision.channel,
                collectivity=message.collectivity,
                address=key.seal(SEALED_ADDRESS, message.reach.addresses[decision.channel]),
                not_before_at=decision.not_before,
                due_at=decision.not_before or now,
                useless_at=message.useless_at,
                traceparent=current_traceparent(),
                created_at=now,
            )
