# SPDX-License-Identifier: EUPL-1.2
"""An agent replies to the person, or leaves a note for the other agents."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.ids import uuid7
from parvis_kit.messaging import outbox
from parvis_requests import events
from parvis_requests.db import requests
from parvis_requests.domain.request import Actor, Request, Visibility


@dataclass(frozen=True, slots=True)
class WrittenMessage:
    """A message as it was stored."""

    id: UUID
    visibility: Visibility
    text: str
    actor: UUID
    created_at: datetime


async def write_message(
    session: AsyncSession,
    actor: Actor,
    request_id: UUID,
    visibility: Visibility,
    text: str,
    *,
    persons: PersonKeys,
    now: datetime,
) -> WrittenMessage:
    """Store it in the caller's transaction; only a public reply is told to other services.

    Raises NotFoundError, NotAllowedError (only agents write here), or KeyDestroyedError once the author was erased.
    """
    row = await requests.one(session, actor, request_id, lock=True)
    after = requests.entity(row).after_message(actor)
    return await store_words(session, after, actor, visibility, text, persons=persons, now=now)


async def store_words(
    session: AsyncSession,
    after: Request,
    actor: Actor,
    visibility: Visibility,
    text: str,
    *,
    persons: PersonKeys,
    now: datetime,
) -> WrittenMessage:
    """Store words as the act that made ``after``: message, history, and for a public one its event."""
    message_id = uuid7()
    key = await persons.of(after.author)
    requests.add_message(
        session,
        id=message_id,
        request_id=after.id,
        collectivity=after.collectivity,
        visibility=str(visibility),
        actor=actor.person,
        body=key.seal("message.body", text),
        created_at=now,
    )
    await requests.save(session, after, now)
    public = visibility is Visibility.PUBLIC
    requests.record(session, after, actor, "reply" if public else "note", now, visibility)
    if public:
        await outbox.add(session, events.replied(after, message_id, now))
    return WrittenMessage(message_id, visibility, text, actor.person, now)
