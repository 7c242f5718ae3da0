# SPDX-License-Identifier: EUPL-1.2
"""Agents qualify what came in: they read it, put it into the conversation where it belongs, or discard it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.clocks import clock_of
from parvis_kit.crypto.keys import UnreadableError
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.db.keyset import Position, Slice
from parvis_kit.locale import Text
from parvis_requests.db import incoming_contacts, requests
from parvis_requests.db.tables import Attachment, ContactAct, IncomingContact
from parvis_requests.domain.contact import ContactOutcome, ContactSettledError, ContactState
from parvis_requests.domain.errors import StaleVersionError
from parvis_requests.domain.files import Scan
from parvis_requests.domain.request import Actor, Visibility
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.complete_file import form_of
from parvis_requests.service.keep_contact import CONTENT, ContactWords
from parvis_requests.service.open_attachment import sealed_anew
from parvis_requests.service.received_files import INFECTED, FileKeeping, RefusedFile
from parvis_requests.service.thread_reply import Words, for_author, store_with_files
from parvis_requests.service.upload_attachment import thumbnail_of

_BATCH: Final = 100
# For each day that a settled contact is kept, one that nobody has looked at is kept so many.
_PATIENCE: Final = 12


@dataclass(frozen=True, slots=True)
class OpenContact:
    """A contact in clear; without words where they are in a conversation, or destroyed."""

    row: IncomingContact
    words: ContactWords | None
    files: Sequence[Attachment]
    references: dict[UUID, str]


async def list_contacts(
    session: AsyncSession,
    agent: Actor,
    state: ContactState | None,
    position: Position | None,
    limit: int,
    *,
    persons: PersonKeys,
) -> Slice[OpenContact]:
    """One page of the collectivity's, the newest first; raises NotAllowedError for whoever is no agent."""
    page = await incoming_contacts.page(session, for_agents(agent), state.value if state else None, position, limit)
    return Slice(await _opened(session, agent, page.rows, persons), page.next, page.previous)


async def read_contact(session: AsyncSession, agent: Actor, contact_id: UUID, *, persons: PersonKeys) -> OpenContact:
    """One of them; raises NotAllowedError or NotFoundError."""
    row = await incoming_contacts.one(session, for_agents(agent), contact_id)
    (found,) = await _opened(session, agent, [row], persons)
    return found


async def read_acts(session: AsyncSession, agent: Actor, contact_id: UUID) -> Sequence[ContactAct]:
    """What was done with it; raises NotAllowedError or NotFoundError."""
    row = await incoming_contacts.one(session, for_agents(agent), contact_id)
    return await incoming_contacts.acts(session, row.id)


async def link_contact(
    session: AsyncSession,
    agent: Actor,
    contact_id: UUID,
    request_id: UUID,
    visibility: Visibility,
    *,
    version: int,
    catalogues: Catalogues,
    keeping: FileKeeping,
    now: datetime,
) -> IncomingContact:
    """Put its words and files into the conversation of a request, in the caller's transaction.

    As the author's own words, which the agent entered for them, or as a note for agents. Raises NotAllowedError,
    NotFoundError, StaleVersionError or ContactSettledError.
    """
    row = await _seen(session, agent, contact_id, version)
    request = await requests.one(session, agent, request_id, lock=True)
    (contact,) = await _opened(session, agent, [row], keeping.persons)
    if contact.words is None:
        raise ContactSettledError
    clean = [each for each in contact.files if each.scan != Scan.INFECTED]
    files = [await sealed_anew(each, request.author, persons=keeping.persons, blobs=keeping.blobs) for each in clean]
    left_out = [_refused(each) for each in contact.words.left_out]
    left_out += [RefusedFile(each.media_type, INFECTED) for each in contact.files if each.scan == Scan.INFECTED]
    words = Words(_with_head(contact.words, clock_of(agent.collectivity)), files, left_out)
    actor = agent if visibility is Visibility.INTERNAL else for_author(agent, request.author)
    form = await form_of(session, request, catalogues)
    # It says who wrote, and from where: no other body is told that.
    await store_with_files(
        session, request, form, actor, visibility, words, persons=keeping.persons, now=now, forwarded=False
    )
    await incoming_contacts.remove_files(session, [row.id])  # their blobs are swept
    row.content, row.request_id = None, request.id
    return await _settle(session, agent, row, ContactState.LINKED, now)


async def discard_contact(
    session: AsyncSession, agent: Actor, contact_id: UUID, outcome: ContactOutcome, *, version: int, now: datetime
) -> IncomingContact:
    """It belongs nowhere; it stays readable for some time. Raises as :func:`link_contact`."""
    row = await _seen(session, agent, contact_id, version)
    row.outcome = outcome.value
    return await _settle(session, agent, row, ContactState.DISCARDED, now)


async def forget_contacts(database: Database, keeping: FileKeeping, kept: timedelta, now: datetime) -> int:
    """Destroy contacts that have had their time: keys first, then rows, then files; returns how many."""
    total = 0
    while True:
        async with database.unit_of_work() as uow:
            old = await incoming_contacts.past(uow.session, now - kept, now - kept * _PATIENCE, _BATCH)
            for row in old:
                await keeping.persons.destroy(row.id)
            files = await incoming_contacts.remove_files(uow.session, [row.id for row in old])
            await incoming_contacts.remove(uow.session, [row.id for row in old])
            await uow.commit()
        for each in files:
            await keeping.blobs.delete(each)
            await keeping.blobs.delete(thumbnail_of(each))
        total += len(old)
        if len(old) < _BATCH:
            return total


async def _seen(session: AsyncSession, agent: Actor, contact_id: UUID, version: int) -> IncomingContact:
    row = await incoming_contacts.one(session, for_agents(agent), contact_id, lock=True)
    if row.state != ContactState.OPEN:
        raise ContactSettledError
    if row.version != version:
        raise StaleVersionError
    return row


async def _settle(
    session: AsyncSession, agent: Actor, row: IncomingContact, state: ContactState, now: datetime
) -> IncomingContact:
    row.state, row.version, row.updated_at = state.value, row.version + 1, now
    await session.flush()
    await incoming_contacts.record(session, row, agent.person, state.value, now)
    return row


async def _opened(
    session: AsyncSession, agent: Actor, rows: Sequence[IncomingContact], persons: PersonKeys
) -> list[OpenContact]:
    keys = await persons.of_many({row.id for row in rows if row.content is not None})
    files = await incoming_contacts.files(session, [row.id for row in rows]) if rows else {}
    named = {id_ for row in rows for id_ in (row.suggested, row.request_id) if id_}
    references = await incoming_contacts.references(session, agent.collectivity, named) if named else {}
    found = []
    for row in rows:
        key = keys.get(row.id)
        try:
            words = ContactWords(**json.loads(key.open(CONTENT, row.content))) if key and row.content else None
        except UnreadableError:
            words = None
        found.append(OpenContact(row, words, files.get(row.id, ()), references))
    return found


def _refused(each: dict[str, Any]) -> RefusedFile:
    return RefusedFile(each["name"], Text.model_validate(each["why"]))


def _called(call: dict[str, Any] | None, clock: ZoneInfo) -> str:
    """In a line, of a call; in French as agents write, at the hour of the town."""
    if call is None:
        return ""
    began = datetime.fromisoformat(call["began_at"]).astimezone(clock)
    what = f"répondu, {call['seconds']} s" if call["outcome"] == "answered" else "manqué"
    return f"Appel du {began:%d/%m/%Y} à {began:%H:%M} ({what})"


def _with_head(words: ContactWords, clock: ZoneInfo) -> str:
    """Who wrote, and under which subject, above what they wrote: whoever reads it was not there."""
    who = f"{words.sender_name} <{words.sender}>" if words.sender_name else words.sender
    head = "\n".join(part for part in (who, words.subject, _called(words.call, clock)) if part)
    return f"{head}\n\n{words.text}".strip()
