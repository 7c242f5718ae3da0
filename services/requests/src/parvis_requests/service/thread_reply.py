# SPDX-License-Identifier: EUPL-1.2
"""Put what somebody wrote by mail into the conversation of their request, as if they had written it in the portal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_requests.db import attachments, conversation, merged_accounts, requests
from parvis_requests.db.tables import Attachment
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.contact import ContactReason
from parvis_requests.domain.errors import InvalidFilesError, NotFoundError, TransitionError
from parvis_requests.domain.request import Actor, OnBehalf, Visibility
from parvis_requests.outgoing.inbound_messages import Received
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.complete_file import form_of
from parvis_requests.service.form import Form
from parvis_requests.service.join_files import MAX_FILES
from parvis_requests.service.received_files import NOT_TAKEN, TOO_LARGE, KeptFiles, RefusedFile, with_refusals
from parvis_requests.service.write_message import store_words


class NoConversationError(Exception):
    """It is for an agent to say where this belongs; the argument is the reason."""

    def __init__(self, reason: ContactReason) -> None:
        super().__init__(reason)
        self.reason = reason


class AuthorChangedError(Exception):
    """The request went to another account meanwhile; tried again, the files are sealed for that one."""


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wrote, with files whose rows are not stored yet, and those that were left out before."""

    text: str
    files: Sequence[Attachment]
    left_out: Sequence[RefusedFile]


async def conversation_of(
    session: AsyncSession, message: Received, collectivity: str, catalogues: Catalogues, *, lock: bool = False
) -> tuple[Row, Form]:
    """The request in whose conversation it belongs, and its form; raises NoConversationError."""
    if message.request_id is None or message.person is None:
        raise NoConversationError(ContactReason.REQUEST_UNKNOWN)
    try:
        row = await requests.one(session, Actor.service(collectivity), message.request_id, lock=lock)
    except NotFoundError as error:
        raise NoConversationError(ContactReason.REQUEST_UNKNOWN) from error
    if await merged_accounts.last_of(session, message.person) != row.author:
        raise NoConversationError(ContactReason.OTHER_AUTHOR)
    form = await form_of(session, row, catalogues)
    try:
        requests.entity(row).goes_on(form.workflow)
    except TransitionError as error:
        raise NoConversationError(ContactReason.REQUEST_ENDED) from error
    return row, form


async def thread_reply(
    session: AsyncSession,
    message: Received,
    kept: KeptFiles,
    collectivity: str,
    *,
    catalogues: Catalogues,
    persons: PersonKeys,
    now: datetime,
) -> UUID:
    """Store it in the caller's transaction; returns the id of the message.

    Raises NoConversationError, or AuthorChangedError where the files are not sealed for the author of now.
    """
    row, form = await conversation_of(session, message, collectivity, catalogues, lock=True)
    if row.author != kept.owner:
        raise AuthorChangedError
    author = Actor(row.author, collectivity, is_agent=False)
    left_out = [*kept.refused, *(RefusedFile(name, TOO_LARGE) for name in message.left_out)]
    words = Words(message.text, kept.files, left_out)
    return await store_with_files(session, row, form, author, Visibility.PUBLIC, words, persons=persons, now=now)


async def store_with_files(
    session: AsyncSession,
    row: Row,
    form: Form,
    actor: Actor,
    visibility: Visibility,
    words: Words,
    *,
    persons: PersonKeys,
    now: datetime,
    forwarded: bool = True,
) -> UUID:
    """Store words with those of their files that fit the request; the others are said below."""
    refused: list[RefusedFile] = []
    joined = await _fitting(session, row, form, words.files, refused)
    after = requests.entity(row).after_message(actor, visibility)
    text = with_refusals(words.text, [*refused, *words.left_out])
    message_id = await store_words(
        session, after, actor, visibility, text, persons=persons, now=now, forwarded=forwarded
    )
    for each in joined:
        each.request_id, each.message_id, each.visibility = row.id, message_id, str(visibility)
        each.uploaded_by = actor.by.person if actor.by else None
        session.add(each)
    await session.flush()
    return message_id


def for_author(agent: Actor, author: UUID) -> Actor:
    """The author, for whom the agent acts."""
    return Actor(author, agent.collectivity, is_agent=False, by=OnBehalf(agent.person, is_agent=True))


async def _fitting(
    session: AsyncSession, row: Row, form: Form, files: Sequence[Attachment], refused: list[RefusedFile]
) -> list[Attachment]:
    """Those that the request takes; of the others no row is stored, and their blobs are swept."""
    room = MAX_FILES - await conversation.count_files(session, row.id)
    joined: list[Attachment] = []
    for each in files:
        try:
            form.check_files([attachments.file(each)])
        except InvalidFilesError:
            fits = False
        else:
            fits = len(joined) < room
        if fits:
            joined.append(each)
        else:
            refused.append(RefusedFile(each.media_type, NOT_TAKEN))
    return joined
