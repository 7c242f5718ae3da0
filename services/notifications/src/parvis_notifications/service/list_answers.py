# SPDX-License-Identifier: EUPL-1.2
"""Agents see who asked for help, how they are reached and where they live; that they saw it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.security.principal import Principal
from parvis_notifications.db import alerts, register, subscribers
from parvis_notifications.db.broadcast_tables import Recipient
from parvis_notifications.domain.alert import Reply
from parvis_notifications.domain.geometry import Position
from parvis_notifications.domain.subscribing import SubscriberKind


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer, and how and where its sender is reached; nothing of those who were erased since."""

    recipient: Recipient
    email: str | None
    phone: str | None
    places: Sequence[tuple[str, Position | None]]
    registered: bool


async def list_answers(
    session: AsyncSession,
    persons: PersonKeys,
    agent: Principal,
    alert_id: UUID,
    answer: Reply,
    limit: int,
    now: datetime,
) -> Sequence[Answered]:
    """The first answers of that kind, in the transaction that keeps who read them; raises NotFoundError."""
    await alerts.one(session, agent.collectivity, alert_id)
    found = await alerts.answered(session, alert_id, answer, limit)
    keys = await persons.of_many({row.key_person for _, row in found if row is not None})
    register.note_access(
        session, agent.collectivity, agent.person, f"answers-{answer}", now, people=len(found), alert=alert_id
    )
    items = []
    for recipient, row in found:
        key = keys.get(row.key_person) if row is not None else None
        if row is None or key is None:
            items.append(Answered(recipient, None, None, (), registered=False))
            continue
        places = await subscribers.places_of(session, row.id)
        items.append(
            Answered(
                recipient,
                key.open("subscriber.email", row.email) if row.email else None,
                key.open("subscriber.phone", row.phone) if row.phone else None,
                [(key.open("place.label", each.label), each.position) for each in places],
                registered=row.kind == SubscriberKind.REGISTER,
            )
        )
    return items
