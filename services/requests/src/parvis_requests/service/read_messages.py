# SPDX-License-Identifier: EUPL-1.2
"""Read the conversation of a request: replies for its author, internal notes for agents alone."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.keyset import Position, Slice
from parvis_kit.locale import Language
from parvis_requests.db import attachments, mentions, requests
from parvis_requests.domain.request import Actor, Visibility
from parvis_requests.domain.typography import no_break
from parvis_requests.service.write_message import WrittenMessage, open_words


async def read_messages(
    session: AsyncSession,
    actor: Actor,
    request_id: UUID,
    position: Position | None,
    limit: int,
    *,
    persons: PersonKeys,
    language: Language,
) -> Slice[WrittenMessage]:
    """One page of messages, newest first; raises NotFoundError, or KeyDestroyedError once the author was erased."""
    row = await requests.one(session, actor, request_id)
    page = await requests.messages(session, row.id, internal=actor.is_agent, position=position, limit=limit)
    key = await persons.of(row.author)
    files = await attachments.of_messages(session, row.id, [message.id for message in page.rows])
    named = await mentions.of_messages(session, [message.id for message in page.rows])
    texts = [
        WrittenMessage(
            id=message.id,
            visibility=Visibility(message.visibility),
            text=open_words(message, key, language),
            actor=message.actor,
            by_author=message.actor == row.author,
            created_at=message.created_at,
            attachments=files.get(message.id, []),
            mentions=named.get(message.id, []),
        )
        for message in page.rows
    ]
    return Slice(texts, page.next, page.previous)


async def public_text(
    session: AsyncSession, request_id: UUID, message_id: UUID, *, persons: PersonKeys, language: Language
) -> str | None:
    """The text of a public reply, for the service that sends it on; None where there is none.

    What this service says by itself is set as French print is; what people wrote stays as they wrote it.
    """
    found = await requests.public_message(session, request_id, message_id)
    if found is None:
        return None
    message, author = found
    words = open_words(message, await persons.of(author), language)
    return no_break(words, language) if message.translated else words
