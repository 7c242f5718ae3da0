# SPDX-License-Identifier: EUPL-1.2
"""Agents see who asked for help, how they are reached and where they live; that they saw it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKey, PersonKeys
from parvis_kit.db import keyset
from parvis_kit.security.principal import Principal
from parvis_notifications.db import alerts, help_marks, register, subscribers
from parvis_notifications.db.broadcast_tables import HelpMark, Recipient
from parvis_notifications.domain.alert import Reply
from parvis_notifications.domain.geometry import Position
from parvis_notifications.domain.subscribing import SubscriberKind

REGISTER_RIGHT: Final = "notifications.register.read"


@dataclass(frozen=True, slots=True)
class Marked:
    """What an agent said of whether they were helped, and the note where it can be read."""

    mark: HelpMark
    note: str | None


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer, and how and where its sender is reached; nothing of who was erased since, or is not for the agent."""

    recipient: Recipient
    email: str | None
    phone: str | None
    places: Sequence[tuple[str, Position | None]]
    registered: bool
    marks: Sequence[Marked] = ()


async def list_answers(
    session: AsyncSession,
    persons: PersonKeys,
    agent: Principal,
    alert_id: UUID,
    answer: Reply,
    position: keyset.Position | None,
    limit: int,
    now: datetime,
) -> keyset.Slice[Answered]:
    """One page of the answers of that kind, in the transaction that keeps who read them; raises NotFoundError.

    Where somebody lives is told of who needs help alone; of people of the register nothing but their answer to whoever
    may not read it.
    """
    await alerts.one(session, agent.collectivity, alert_id)
    found = await alerts.answered(session, alert_id, answer, position, limit)
    keys = await persons.of_many({row.subscriber.key_person for row in found.rows if row.subscriber is not None})
    register.note_access(
        session, agent.collectivity, agent.person, f"answers-{answer}", now, people=len(found.rows), alert=alert_id
    )
    marks = await help_marks.of_recipients(session, [row.recipient.number for row in found.rows])
    items = []
    for recipient, row in ((each.recipient, each.subscriber) for each in found.rows):
        key = keys.get(row.key_person) if row is not None else None
        registered = row is not None and row.kind == SubscriberKind.REGISTER
        if row is None or key is None or (registered and REGISTER_RIGHT not in agent.scopes):
            bare = [Marked(mark, None) for mark in marks.get(recipient.number, [])]
            items.append(Answered(recipient, None, None, (), registered=registered, marks=bare))
            continue
        places = await subscribers.places_of(session, row.id) if answer is Reply.HELP else []
        items.append(
            Answered(
                recipient,
                key.open("subscriber.email", row.email) if row.email else None,
                key.open("subscriber.phone", row.phone) if row.phone else None,
                [(key.open("place.label", each.label), each.position) for each in places],
                registered=registered,
                marks=[_marked(mark, row.key_person, key) for mark in marks.get(recipient.number, [])],
            )
        )
    return keyset.Slice(items, found.next, found.previous)


def _marked(mark: HelpMark, key_person: UUID, key: PersonKey) -> Marked:
    readable = mark.note is not None and mark.key_person == key_person
    return Marked(mark, key.open(help_marks.SEALED_NOTE, mark.note) if readable and mark.note else None)
