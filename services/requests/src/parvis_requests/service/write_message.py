# SPDX-License-Identifier: EUPL-1.2
"""The conversation: the author and the agents write to each other; agents leave notes for one another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKey, PersonKeys
from parvis_kit.ids import uuid7
from parvis_kit.locale import Language, Text
from parvis_kit.messaging import outbox
from parvis_requests import events
from parvis_requests.db import forwardings, requests
from parvis_requests.db.hot import Joining
from parvis_requests.db.tables import Attachment, Message
from parvis_requests.domain.request import Actor, Request, Visibility
from parvis_requests.domain.team import Alert
from parvis_requests.service.alert_agents import alert_agents
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.join_files import join_files
from parvis_requests.service.mention_agents import mention_agents

BODY: Final = "message.body"


@dataclass(frozen=True, slots=True)
class WrittenMessage:
    """A message as it was stored; ``by_author`` where the person wrote it who filed the request."""

    id: UUID
    visibility: Visibility
    text: str
    actor: UUID
    by_author: bool
    created_at: datetime
    attachments: Sequence[Attachment] = ()
    mentions: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What somebody writes, with files that they uploaded before, and the agents whom a note names."""

    visibility: Visibility
    text: str
    attachments: Sequence[UUID] = ()
    mentions: Sequence[UUID] = ()


async def write_message(
    session: AsyncSession,
    actor: Actor,
    request_id: UUID,
    new: NewMessage,
    *,
    catalogues: Catalogues,
    persons: PersonKeys,
    now: datetime,
) -> WrittenMessage:
    """Store it in the caller's transaction; only what is public is told to other services.

    Raises NotFoundError, NotAllowedError (notes are for agents), MentionError, UnknownAttachmentError,
    InvalidFilesError, or KeyDestroyedError once the author was erased.
    """
    row = await requests.one(session, actor, request_id, lock=True)
    after = requests.entity(row).after_message(actor, new.visibility)
    message_id = await store_words(session, after, actor, new.visibility, new.text, persons=persons, now=now)
    form = (await catalogues.forms_of(session, [requests.form_key(row)]))[requests.form_key(row)]
    joining = [Joining(id_, None) for id_ in dict.fromkeys(new.attachments)]
    files = await join_files(session, row, form, actor, joining, message_id=message_id, visibility=new.visibility)
    named = await mention_agents(session, after, message_id, new.visibility, new.mentions, now)
    by_author = actor.person == after.author
    return WrittenMessage(message_id, new.visibility, new.text, actor.person, by_author, now, files, named)


async def store_words(
    session: AsyncSession,
    after: Request,
    actor: Actor,
    visibility: Visibility,
    text: str | Text,
    *,
    persons: PersonKeys,
    now: datetime,
    forwarded: bool = True,
) -> UUID:
    """Store words as the act that made ``after``: message, history, and for public ones their event; returns their id.

    A :class:`Text` is read by each reader in their own language. Without ``forwarded`` no body that handles the request
    gets them.
    """
    message_id, by_author = uuid7(), actor.person == after.author
    key = await persons.of(after.author)
    requests.add_message(
        session,
        id=message_id,
        request_id=after.id,
        collectivity=after.collectivity,
        visibility=str(visibility),
        actor=actor.person,
        body=key.seal(BODY, text if isinstance(text, str) else text.model_dump_json()),
        translated=isinstance(text, Text),
        created_at=now,
    )
    await requests.save(session, after, now)
    public = visibility is Visibility.PUBLIC
    action = "message" if by_author else "reply" if public else "note"
    requests.record(session, after, actor, action, now, visibility)
    if public:
        told = events.supplemented(after, message_id, [], now) if by_author else events.replied(after, message_id, now)
        await outbox.add(session, told)
    if public and by_author:
        if forwarded:
            await forwardings.enqueue_message(session, after.id, message_id, now)
        await alert_agents(session, after, Alert.SUPPLEMENTED, now)
    return message_id


def open_words(message: Message, key: PersonKey, language: Language) -> str:
    """The words of a message, in that language where they were stored in more than one."""
    body = key.open(BODY, message.body)
    return Text.model_validate_json(body).in_language(language) if message.translated else body
